// SPDX-License-Identifier: GPL-3.0-or-later
// The style of HTML reports: light, dark and print. Green, amber and red are for states; baseline and canary have colours of their own.
#ifndef EXPORTERS_HTML_STYLE_H
#define EXPORTERS_HTML_STYLE_H

static const char html_style_charts[] =
    "figure{margin:.5rem 0 1rem}figure svg[role]{display:block;overflow:visible;margin-left:4.6rem;width:calc(100% - 6rem)}\n"
    "svg text{font:12px system-ui,sans-serif;fill:var(--dim);paint-order:stroke;stroke:var(--paper);stroke-width:3px;"
    "text-anchor:middle}.start{text-anchor:start}.end{text-anchor:end}\n"
    "path{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;vector-effect:non-scaling-stroke}"
    "path.baseline{stroke:var(--baseline);stroke-dasharray:5 4}path.canary{stroke:var(--canary)}"
    "path.within,path.beyond,path.used,.tolerance{stroke:none}\n"
    ".tolerance{fill:var(--tolerance)}.grid{stroke:var(--edge);stroke-width:1;stroke-dasharray:1 3}.frame{stroke:var(--dim);"
    "stroke-width:1}.limit{stroke:var(--fail);stroke-width:1.5;stroke-dasharray:3 3}.onset{stroke:var(--marginal);stroke-width:2;"
    "stroke-dasharray:2 3}\n"
    ".within{fill:var(--canary);fill-opacity:.45}.beyond{fill:var(--fail)}.side path{stroke-width:1.5}"
    ".side.baseline{stroke:var(--baseline);fill:var(--baseline)}.side.canary{stroke:var(--canary);fill:var(--canary)}"
    ".half{fill:inherit;fill-opacity:.3}.side .mean{stroke-width:3}\n"
    ".range{stroke:var(--canary);stroke-width:2}.estimate{fill:var(--canary)}.used{fill:var(--baseline)}"
    ".used.release{fill:var(--canary)}.whisker{stroke:currentColor}\n"
    ".trend{width:6rem;height:1.4rem;vertical-align:middle}.trend path{stroke-width:1.5}.share{width:100%;min-width:4rem;"
    "vertical-align:middle}.side0{color:var(--baseline)}.side1{color:var(--canary)}\n";

// Last, because what it says for narrow pages and for paper goes before the rest.
static const char html_style_page[] =
    ":root{color-scheme:light dark;--ink:#1c2126;--dim:#57606a;--paper:#fff;--soft:#f4f6f8;--edge:#d0d7de;--pass:#1a7f37;"
    "--marginal:#8a5a00;--fail:#c11f2a;--nodata:#0b5cad;--error:#0f6a75;--baseline:#4a6785;--canary:#7d3ac1;--tolerance:#9aa7b333}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e6eaee;--dim:#a3adb8;--paper:#15191d;--soft:#1e2429;--edge:#3a434c;--pass:#4cc268;"
    "--marginal:#e0a83a;--fail:#ff7b72;--nodata:#6cb2ff;--error:#5bc8d4;--baseline:#8fb0d0;--canary:#c79bff;--tolerance:#9aa7b333}}\n"
    "*{box-sizing:border-box}body{margin:0 auto;max-width:84rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);"
    "background:var(--paper);overflow-wrap:anywhere}\n"
    "h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:1.6rem 0 .5rem}h3{font-size:1rem;margin:1rem 0 .3rem}p{margin:.4rem 0}"
    "ul{margin:.5rem 0;padding-left:1.2rem}a{color:var(--nodata)}\n"
    "pre{font:.8125rem/1.45 ui-monospace,monospace;white-space:pre-wrap;background:var(--soft);padding:.4rem .6rem;margin:.3rem 0}\n"
    "header{border-left:.5rem solid;padding:.6rem 1rem;background:var(--soft)}header p,header dl{color:var(--ink)}"
    "header dt{font-weight:600}\n"
    ".pass{color:var(--pass)}.marginal{color:var(--marginal)}.fail{color:var(--fail)}.inconclusive,.nodata,.muted{color:var(--nodata)}"
    ".error{color:var(--error)}.dim{color:var(--dim)}\n"
    ".pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:0 2.5rem}.pair>*{min-width:0}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.5rem 0}dt{color:var(--dim)}dd{margin:0;"
    "grid-column:2}\n"
    "table{border-collapse:collapse;width:100%;margin:.4rem 0;font-variant-numeric:tabular-nums}caption,figcaption{text-align:left;"
    "color:var(--dim);font-size:.875rem;padding:.2rem 0}\n"
    "th,td{padding:.2rem .5rem;border-bottom:1px solid var(--edge);text-align:left;vertical-align:top}.n{text-align:right;"
    "white-space:nowrap}th[scope=row]{font-weight:500;overflow-wrap:break-word}\n"
    "td,th[scope=col]{overflow-wrap:normal}.wide{overflow-x:auto}.wide td:first-child{white-space:nowrap}"
    ".wide th[scope=row],.where th[scope=row]{overflow-wrap:anywhere;min-width:6rem}\n"
    ".groups{display:flex;flex-wrap:wrap;gap:.3rem;list-style:none;padding:0}.groups li{min-width:7rem;padding:.3rem .6rem;"
    "background:var(--soft);border-top:.25rem solid}\n"
    ".looks{width:auto}.looks th,.looks td{padding:.15rem .4rem;text-align:center}.looks [title=pass]{color:var(--pass)}"
    ".looks [title=marginal]{color:var(--marginal)}.looks [title=fail],.looks [title=high],.looks [title=low]{color:var(--fail)}"
    ".looks [title=inconclusive],.looks [title=nodata],.looks .muted{color:var(--nodata)}.looks [title=error]{color:var(--error)}"
    ".looks th[scope=row]{font-weight:400;text-align:left}\n"
    "details{border:1px solid var(--edge);margin:.5rem 0;padding:.2rem .8rem}summary{cursor:pointer}summary b{font-weight:600}"
    "details details{border:0;padding:0}\n"
    "@media (max-width:40rem){body{padding:.5rem}th,td{padding:.2rem .3rem}details{padding:.2rem .5rem}header{padding:.6rem}"
    "header dl{display:block}dl{gap:.15rem .6rem}figure svg[role]{margin-left:4rem;width:calc(100% - 5rem)}}\n"
    "@media print{html{font-size:11px}body{max-width:none}figure,tr,li,pre,header{break-inside:avoid}"
    "h2,h3,summary,caption,figcaption{break-after:avoid}.whole{display:none}.wide{overflow-x:visible}"
    "details::details-content{content-visibility:visible;block-size:auto}pre{background:none}a{color:inherit}"
    ".pair{grid-template-columns:1fr 1fr}}\n";

#endif
