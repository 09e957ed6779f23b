// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/schemas.h"

#include <stddef.h>

// JSON as it is: the preprocessor makes the text.
#define JSON(...) #__VA_ARGS__

// clang-format off
static const char analysis_request[] = JSON({"type": "object", "additionalProperties": false, "properties": {
    "canary": {"type": "string", "description": "name of a config that the service has"},
    "config": {"type": "string", "description": "text of a config, instead of canary"},
    "vars": {"type": "object", "additionalProperties": {"type": "string"}, "description": "variables of the config"},
    "start": {"type": ["string", "integer"], "description": "begin of the window, warm-up included: RFC 3339 or Unix seconds; else now"},
    "end": {"type": ["string", "integer"], "description": "end of the window"},
    "length": {"type": "string", "description": "duration, instead of the config's"},
    "step": {"type": "string", "description": "duration, instead of the config's"},
    "looks": {"enum": ["interval", "once"]},
    "pass": {"type": "number", "minimum": 0, "maximum": 100},
    "marginal": {"type": "number", "minimum": 0, "maximum": 100},
    "url": {"type": "string", "description": "source of a config that names none"},
    "sides": {"type": "object", "additionalProperties": false, "properties": {
        "baseline": {"type": "string"}, "canary": {"type": "string"}}},
    "version": {"type": "string"},
    "artefact": {"type": "string"},
    "correlation_id": {"type": "string"},
    "idempotency_key": {"type": "string", "description": "as the header Idempotency-Key"}}});

static const char cancel_request[] = JSON({"type": "object", "additionalProperties": false, "required": ["reason"], "properties": {
    "reason": {"type": "string", "maxLength": 1024}}});

static const char accepted[] = JSON({"type": "object", "required": ["id", "state", "verdict"], "properties": {
    "id": {"type": "string"},
    "state": {"enum": ["open", "done", "cancelled"]},
    "verdict": {"type": "string"},
    "links": {"$ref": "#/components/schemas/Links"}}});

static const char links[] = JSON({"type": "object", "additionalProperties": {"type": "string"}});

static const char analysis_short[] = JSON({"type": "object",
    "required": ["id", "canary", "state", "verdict", "score", "links", "revision"], "properties": {
    "id": {"type": "string"},
    "canary": {"type": "string"},
    "state": {"enum": ["open", "done", "cancelled"]},
    "verdict": {"enum": ["running", "pass", "marginal", "fail", "inconclusive", "error", "cancelled"]},
    "score": {"type": ["number", "null"]},
    "exit_code": {"type": ["integer", "null"], "description": "what serin analyze would have ended with"},
    "version": {"type": ["string", "null"]},
    "artefact": {"type": ["string", "null"]},
    "config": {"type": ["string", "null"], "description": "name of the config; null when its text came with the request"},
    "config_sha256": {"type": "string"},
    "created": {"type": "string", "format": "date-time"},
    "created_by": {"type": ["string", "null"]},
    "start": {"type": ["string", "null"]},
    "end": {"type": ["string", "null"]},
    "finished": {"type": ["string", "null"]},
    "looks": {"type": "integer"},
    "revision": {"type": "integer"},
    "links": {"$ref": "#/components/schemas/Links"}}});

static const char analysis[] = JSON({"allOf": [{"$ref": "#/components/schemas/AnalysisShort"}, {"type": "object", "properties": {
    "reasons": {"type": "array", "items": {"type": "string"}},
    "missing": {"type": "array", "items": {"type": "string"}},
    "next": {"type": "array", "items": {"type": "string"}},
    "progress": {"type": "string", "description": "3 of 5 looks"},
    "phase": {"type": ["string", "null"]},
    "planned_looks": {"type": ["integer", "null"]},
    "next_look": {"type": ["string", "null"]},
    "spent_alpha": {"type": ["number", "null"], "description": "chance of a false fail that the looks so far have spent"},
    "alerts_suppressed": {"type": "array", "items": {"type": "object"},
        "description": "alerts that Alertmanagers keep to themselves, with the silences and inhibiting alerts"},
    "updated": {"type": "string"},
    "correlation_id": {"type": ["string", "null"]},
    "request": {"type": ["object", "null"]}}}]});

static const char analysis_list[] = JSON({"type": "object", "required": ["analyses", "next"], "properties": {
    "analyses": {"type": "array", "items": {"$ref": "#/components/schemas/AnalysisShort"}},
    "next": {"type": ["string", "null"], "description": "cursor of the next page"}}});

static const char look_list[] = JSON({"type": "object", "required": ["looks"], "properties": {
    "looks": {"type": "array", "items": {"type": "object", "properties": {
        "number": {"type": "integer"},
        "attempt": {"type": "integer"},
        "at": {"type": "string"},
        "verdict": {"type": ["string", "null"]},
        "link": {"type": "string"}}}}}});

static const char result[] = JSON({"type": "object", "description": "a document of schema serin.result/1"});

static const char verdict[] = JSON({"type": "object", "required": ["verdict", "score", "id"], "properties": {
    "verdict": {"enum": ["running", "pass", "marginal", "fail", "inconclusive", "cancelled"]},
    "score": {"type": ["number", "null"]},
    "ok": {"type": "boolean", "description": "whether the verdict is pass"},
    "id": {"type": "string"},
    "canary": {"type": "string"},
    "version": {"type": ["string", "null"]},
    "reason": {"type": "string"},
    "progress": {"type": "string"},
    "link": {"type": "string"}}});

static const char verdict_request[] = JSON({"type": "object", "additionalProperties": false,
    "description": "as AnalysisRequest, without canary and config"});

static const char findings[] = JSON({"type": "array", "items": {"type": "object", "properties": {
    "level": {"enum": ["error", "warning"]},
    "line": {"type": "integer"},
    "column": {"type": "integer"},
    "key": {"type": "string"},
    "message": {"type": "string"}}}});

static const char check_answer[] = JSON({"type": "object", "required": ["ok", "findings"], "properties": {
    "ok": {"type": "boolean"},
    "canary": {"type": ["string", "null"]},
    "metrics": {"type": "integer"},
    "objectives": {"type": "integer"},
    "findings": {"$ref": "#/components/schemas/Findings"}}});

static const char config_list[] = JSON({"type": "object", "required": ["configs", "problems", "read"], "properties": {
    "configs": {"type": "array", "items": {"type": "object", "properties": {
        "name": {"type": "string"},
        "file": {"type": "string"},
        "sha256": {"type": "string"},
        "owner": {"type": ["string", "null"]},
        "changed": {"type": ["string", "null"]},
        "kept": {"type": "boolean", "description": "the file cannot be used any more; this is what it held"},
        "metrics": {"type": "integer"},
        "objectives": {"type": "integer"}}}},
    "problems": {"type": "array", "items": {"type": "object", "properties": {
        "file": {"type": "string"},
        "changed": {"type": ["string", "null"]},
        "findings": {"$ref": "#/components/schemas/Findings"}}}},
    "read": {"type": "string"}}});

static const char config[] = JSON({"type": "object", "description": "the effective config, without secrets, and its plan", "properties": {
    "name": {"type": "string"},
    "file": {"type": "string"},
    "sha256": {"type": "string"},
    "sources": {"type": "array", "items": {"type": "object"}},
    "window": {"type": "object"},
    "judge": {"type": "object"},
    "metrics": {"type": "array", "items": {"type": "object"}},
    "objectives": {"type": "array", "items": {"type": "string"}},
    "plan": {"type": "array", "items": {"type": "object"}}}});

static const char gate_request[] = JSON({"type": "object", "additionalProperties": false, "properties": {
    "analysis": {"type": "string", "description": "whose verdict counts; else the last one of the canary that is decided"},
    "artefact": {"type": "string"},
    "release_start": {"type": ["string", "integer"]},
    "vars": {"type": "object", "additionalProperties": {"type": "string"}}}});

static const char document[] = JSON({"type": "object"});

static const char freeze_request[] = JSON({"type": "object", "additionalProperties": false, "required": ["scope", "reason"], "properties": {
    "scope": {"type": "string", "description": "all, owner=NAME or canary=NAME"},
    "until": {"type": ["string", "integer"], "description": "a time; or give for"},
    "for": {"type": "string", "description": "a duration from now"},
    "reason": {"type": "string"},
    "by": {"type": "string", "description": "who decides; the name of the token is kept too"}}});

static const char lift_request[] = JSON({"type": "object", "additionalProperties": false, "required": ["reason"], "properties": {
    "reason": {"type": "string"}, "by": {"type": "string"}}});

static const char freeze_list[] = JSON({"type": "object", "required": ["freezes"], "properties": {
    "freezes": {"type": "array", "items": {"type": "object"}}}});

static const char approval_request[] = JSON({"type": "object", "additionalProperties": false, "required": ["reason"], "properties": {
    "reason": {"type": "string"},
    "by": {"type": "string", "description": "who approves; else the name of the token"},
    "artefact": {"type": "string"},
    "vars": {"type": "object", "additionalProperties": {"type": "string"}}}});

static const char audit_list[] = JSON({"type": "object", "required": ["audit", "next"], "properties": {
    "audit": {"type": "array", "items": {"type": "object", "properties": {
        "seq": {"type": "integer"},
        "at": {"type": "string"},
        "who": {"type": "string"},
        "action": {"type": "string"},
        "subject": {"type": "string"},
        "detail": {"type": ["string", "null"]}}}},
    "next": {"type": ["integer", "null"], "description": "before, for the next page"}}});

static const char flagger_hook[] = JSON({"type": "object", "required": ["name", "namespace", "phase", "checksum"], "properties": {
    "name": {"type": "string"},
    "namespace": {"type": "string"},
    "phase": {"type": "string"},
    "checksum": {"type": "string"},
    "metadata": {"type": "object", "additionalProperties": {"type": "string"}}}});

static const char prometheus_answer[] = JSON({"type": "object", "required": ["status"], "properties": {
    "status": {"enum": ["success", "error"]},
    "data": {"type": "object"},
    "errorType": {"type": "string"},
    "error": {"type": "string"}}});
// clang-format on

const struct route_schema api_schemas[] = {
    {"AnalysisRequest", analysis_request, NULL},
    {"CancelRequest", cancel_request, NULL},
    {"Accepted", accepted, NULL},
    {"Links", links, NULL},
    {"AnalysisShort", analysis_short, NULL},
    {"Analysis", analysis, NULL},
    {"AnalysisList", analysis_list, NULL},
    {"LookList", look_list, NULL},
    {"Result", result, NULL},
    {"Verdict", verdict, NULL},
    {"VerdictRequest", verdict_request, NULL},
    {"Findings", findings, NULL},
    {"CheckAnswer", check_answer, NULL},
    {"ConfigList", config_list, NULL},
    {"Config", config, NULL},
    {"GateRequest", gate_request, NULL},
    {"Document", document, NULL},
    {"FreezeRequest", freeze_request, NULL},
    {"LiftRequest", lift_request, NULL},
    {"FreezeList", freeze_list, NULL},
    {"ApprovalRequest", approval_request, NULL},
    {"AuditList", audit_list, NULL},
    {"FlaggerHook", flagger_hook, NULL},
    {"PrometheusAnswer", prometheus_answer, NULL},
    {NULL, NULL, NULL},
};
