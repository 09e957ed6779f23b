// SPDX-License-Identifier: GPL-3.0-or-later
// The style of HTML reports: light, dark and print. Green, amber and red are for states; baseline and canary have colours of their own.
#ifndef EXPORTERS_HTML_STYLE_H
#define EXPORTERS_HTML_STYLE_H

static const char html_style[] =
    ":root{color-scheme:light dark;--ink:#1c2126;--dim:#57606a;--paper:#fff;--soft:#f4f6f8;--edge:#d0d7de;--pass:#1a7f37;--marginal:#8a5a00;"
    "--fail:#c11f2a;--nodata:#0b5cad;--error:#0f6a75;--baseline:#4a6785;--canary:#7d3ac1;--tolerance:#9aa7b333}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e6eaee;--dim:#a3adb8;--paper:#15191d;--soft:#1e2429;--edge:#3a434c;--pass:#4cc268;"
    "--marginal:#e0a83a;--fail:#ff7b72;--nodata:#6cb2ff;--error:#5bc8d4;--baseline:#8fb0d0;--canary:#c79bff;--tolerance:#9aa7b333}}\n"
    "body{margin:0 auto;max-width:64rem;padding:1rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);"
    "overflow-wrap:anywhere}\n"
    "h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:1.6rem 0 .5rem}p{margin:.4rem 0}\n"
    "code,pre{font:.875em ui-monospace,monospace}pre{white-space:pre-wrap;background:var(--soft);padding:.6rem;margin:.4rem 0}\n"
    "header{border-left:.5rem solid;padding:.6rem 1rem;background:var(--soft)}header p,header li{color:var(--ink)}\n"
    ".pass{color:var(--pass)}.marginal{color:var(--marginal)}.fail{color:var(--fail)}.inconclusive,.nodata,.muted{color:var(--nodata)}"
    ".error{color:var(--error)}.dim{color:var(--dim)}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.5rem 0}dt{color:var(--dim)}dd{margin:0}\n"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}caption{text-align:left;color:var(--dim);padding:.2rem 0}\n"
    "th,td{padding:.25rem .5rem;border-bottom:1px solid var(--edge);text-align:left;vertical-align:top}.n{text-align:right;white-space:nowrap}\n"
    "td,th[scope=col]{overflow-wrap:normal}td:first-child{white-space:nowrap}th[scope=row]{min-width:8rem}.wide{overflow-x:auto}\n"
    ".groups{display:flex;flex-wrap:wrap;gap:.3rem;list-style:none;padding:0}.groups li{min-width:7rem;padding:.3rem .6rem;background:var(--soft);"
    "border-top:.25rem solid}\n"
    ".looks{width:auto}.looks th,.looks td{padding:.15rem .4rem;text-align:center}.looks th[scope=row]{font-weight:400;text-align:left}\n"
    "details{border:1px solid var(--edge);margin:.5rem 0;padding:.2rem .8rem}summary{cursor:pointer}summary b{font-weight:600}\n"
    "svg{display:block;width:100%;max-width:48rem;margin:.3rem 0}svg text{font:11px system-ui,sans-serif;fill:var(--dim)}\n"
    "svg path{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}path.baseline{stroke:var(--baseline);stroke-dasharray:5 4}"
    "path.canary{stroke:var(--canary)}svg .tolerance{fill:var(--tolerance);stroke:none}\n"
    ".frame{stroke:var(--edge)}.limit{stroke:var(--fail);stroke-dasharray:3 3}.onset{stroke:var(--marginal);stroke-width:2;"
    "stroke-dasharray:2 3}.within{fill:var(--canary);opacity:.45}.beyond{fill:var(--fail)}\n"
    ".side{stroke-width:1.5}.side.baseline{stroke:var(--baseline);fill:var(--baseline)}.side.canary{stroke:var(--canary);fill:var(--canary)}"
    ".half{fill-opacity:.3}.mean{stroke-width:3}\n"
    ".range{stroke:var(--canary);stroke-width:2}.estimate{fill:var(--canary)}\n"
    ".key span{margin-right:1rem}.side0{color:var(--baseline)}.side1{color:var(--canary)}\n"
    "@media print{body{max-width:none;font-size:11px}svg,tr,li,pre,header{break-inside:avoid}h2,summary,caption{break-after:avoid}"
    "svg{max-width:30rem}.whole{display:none}.wide{overflow-x:visible}details::details-content{content-visibility:visible;block-size:auto}pre{background:none}a{color:inherit}}\n";

#endif
