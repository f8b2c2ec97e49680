# SPDX-License-Identifier: Apache-2.0
# A template with each @NAME@ replaced: awk -v variables=FILE -v properties=FILE -f template.awk TEMPLATE, both files of
# cmake.pl's. Exit status 1 for a name without a value. Lines keep their numbers up to the first that becomes several.
function plain(word) { gsub("_", "", word); return tolower(word) }
function indent_of(line) { match(line, /^ */); return substr(line, 1, RLENGTH) }
# The text of the next line that is neither empty nor a comment.
function next_text(i) { while (++i <= lines && text[i] ~ /^ *(#.*)?$/) { } return i <= lines ? text[i] : "" }
function text_before(i) { while (--i > 0 && text[i] ~ /^ *(#.*)?$/) { } return i > 0 ? text[i] : "" }
function report(at, name, known, near) {
    for (known in value) if (plain(known) == plain(name)) near = ". Did you mean @" known "@?"
    printf "%s:%d:%d: error: no value for '@%s@'; set(%s ...) in a CMakeLists.txt gives one%s\n", FILENAME, i, at, name, name, near > "/dev/stderr"
    bad = 1
}

# Entries that stand below a key of the template's own: each on a line, indented so.
function entries(line, name, indent, replaced) {
    match(line, /@[A-Za-z0-9_]+\+?@/)
    name = substr(line, RSTART + 1, RLENGTH - 2)
    replaced = value[name ~ /\+$/ ? name : name "+"]
    gsub("\001", "\n" indent, replaced)
    return replaced == "" ? "" : indent replaced
}

# Arguments and environment, which the macro of connections also gives.
function others_too(line, name, more) {
    match(line, /@[A-Za-z0-9_]+@/)
    name = substr(line, RSTART + 1, RLENGTH - 2)
    sub(/CONNECTIONS$/, "ARGS", name)
    if (value[name] != "") more = indent_of(line) value[name] "\n"
    sub(/ARGS$/, "ENV", name)
    if (value[name] != "") more = more indent_of(line) value[name] "\n"
    return more
}

function others(line, done, name, replaced, indent) {
    indent = indent_of(line)
    while (match(line, /@[A-Za-z0-9_]+\+?@/)) {
        name = substr(line, RSTART + 1, RLENGTH - 2); replaced = ""
        if (name in value) { replaced = value[name]; gsub("\001", "\n" indent, replaced) }
        else if (name !~ /^INIT_.*(_ENTITY_(CONNECTIONS\+?|ENV|ARGS)|EXTERNAL_ENTITIES)$/) report(length(done) + RSTART, name)
        done = done substr(line, 1, RSTART - 1) replaced; line = substr(line, RSTART + RLENGTH)
    }
    return done line
}

# What a process is given by a macro that adds to its own list of connections: arguments and environment, before that list, if
# it has no such keys. first, last: its lines.
function add_keys(first, last, keys, name, list_at, j, indent, more) {
    indent = indent_of(text[first]) "  "
    for (j = first; j <= last; j++) {
        line = text[j]; if (j == first) sub(/- /, "  ", line)
        if (line ~ ("^" indent "[a-z]+:")) { keys = keys " " substr(line, length(indent) + 1); if (line ~ /^ *connections: *$/ && j > first) list_at = j }
        if (list_at && match(line, /@INIT_[A-Za-z0-9_]*_ENTITY_CONNECTIONS\+@/)) name = substr(line, RSTART + 1, RLENGTH - 14)
    }
    if (name == "") return
    if (keys !~ / args:/ && value[name "ARGS"] != "") more = indent value[name "ARGS"] "\n"
    if (keys !~ / env:/ && value[name "ENV"] != "") more = more indent value[name "ENV"] "\n"
    before[list_at] = more
}

# Processes: the items at the least indentation.
function processes(j, first, indent) {
    indent = -1
    for (j = 1; j <= lines; j++) {
        if (text[j] !~ /^ *- / || (indent >= 0 && length(indent_of(text[j])) > indent)) continue
        if (first) add_keys(first, j - 1)
        first = j; indent = length(indent_of(text[j]))
    }
    if (first) add_keys(first, lines)
}

function expanded(line, above, below) {
    if (line ~ /^ *@INIT_[A-Za-z0-9_]*_CONNECTIONS\+@/) return entries(line, "", list)
    # The block begins here and goes on in the template.
    below = next_text(i)
    if (line ~ /^ *@INIT_[A-Za-z0-9_]*_CONNECTIONS@ *$/ && below ~ /^ *- *(\{|target *:|id *:)/) {
        above = entries(line, "", indent_of(below))
        return others_too(line) indent_of(line) "connections:" (above == "" ? "" : "\n" above)
    }
    above = text_before(i)
    if (line ~ /^ *@INIT_[A-Za-z0-9_]*_ENV@ *$/ && above ~ /^ *(- +)?env: *$/) {
        sub(/- /, "  ", above)
        above = indent_of(above)
        return entries(line, "", length(indent_of(line)) > length(above) ? indent_of(line) : below ~ "^" above " +[^ -]" ? indent_of(below) : above "  ")
    }
    return others(line, "")
}

BEGIN { while ((getline line < variables) > 0 || (getline line < properties) > 0) { at = index(line, "="); value[substr(line, 1, at - 1)] = substr(line, at + 1) } }
{ text[lines = NR] = $0 }
END {
    processes()
    for (i = 1; i <= lines; i++) {
        if (match(text[i], /^ *- /)) list = substr(text[i], 1, RLENGTH - 2)
        print before[i] expanded(text[i])
    }
    exit bad
}
