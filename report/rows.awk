# SPDX-License-Identifier: Apache-2.0
# A file of results (JSON as Google Benchmark writes it) as rows: name<TAB>field<TAB>value, in order. The context's fields have the name
# "context". What lies deeper has a path: functions/memcpy, histogram/3/0. Reads any JSON whose lines are whole tokens.
function scalar(text,   path, at) {
    for (at = 1; at <= depth; at++) if (at > base) path = path (path == "" ? "" : "/") (kind[at] == "[" ? count[at] : key[at])
    if (depth >= 3 && key[1] == "benchmarks" && path == "name") name = text
    if (key[1] == "context") print "context\t" path "\t" text
    else if (key[1] == "benchmarks" && path !~ /^(name|run_name|run_type|family_index|per_family_instance_index|repetitions|repetition_index|time_unit|cpu_time|aggregate_unit|aggregate_name)$/)
        print name "\t" path "\t" text
}
function unquoted(text) {
    text = substr(text, 2, length(text) - 2)
    gsub(/\\"/, "\"", text); gsub(/\\\\/, "\\", text); gsub(/\t/, " ", text)
    return text
}
# Where paths begin: below context{ is level 1, below benchmarks[{ level 3.
function set_base() { base = key[1] == "benchmarks" ? 3 - 1 : 1 }
{
    rest = $0
    while (match(rest, /^[ \t\r]*("([^"\\]|\\.)*"|[-+0-9.eE]+|true|false|null|[{}:,]|\[|\])/)) {
        token = substr(rest, 1, RLENGTH)
        rest = substr(rest, RLENGTH + 1)
        sub(/^[ \t\r]*/, "", token)
        if (token == "{" || token == "[") { kind[++depth] = token; count[depth] = 0; key[depth] = ""; expects_key = token == "{"; continue }
        if (token == "}" || token == "]") { depth--; expects_key = 0; continue }
        if (token == ":") { expects_key = 0; continue }
        if (token == ",") { if (kind[depth] == "[") count[depth]++; else expects_key = 1; continue }
        if (expects_key) { key[depth] = unquoted(token); set_base(); continue }
        scalar(token ~ /^"/ ? unquoted(token) : token)
    }
    if (rest ~ /[^ \t\r]/) { print "report/rows.awk: line " NR ": no JSON: " substr(rest, 1, 40) > "/dev/stderr"; bad = 1; exit 1 }
}
END { if (!bad && depth != 0) { print "report/rows.awk: it ends too early" > "/dev/stderr"; exit 1 } }
