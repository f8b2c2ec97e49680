# SPDX-License-Identifier: Apache-2.0
# The page. -v rows=FILE (report/rows.awk), -v reference_file=benchmarks/reference.tsv, -v caveats=docs/caveats.md, -v style=FILE
BEGIN {
    split("x86_64 aarch64", architecture, " ")
    data_read(rows)
    reference_read(reference_file)
    peers_find()
    print "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>kos: measured " escaped(context["date"]) "</title>\n<style>"
    while ((getline line < style) > 0) print line
    print "</style></head><body>\n<h1>kos, measured</h1>"
    printf "<p>%s. Raw data beside this page: <a href=\"results.json\">results.json</a>, <a href=\"results.csv\">results.csv</a>.</p>\n", escaped(context["date"] (context["mode"] == "" ? "" : ", " context["mode"]))
    if (context["interrupted"] != "") printf "<p class=\"absent\">%s</p>\n", escaped(context["interrupted"])
    summary_missing()
    print "<nav><a href=\"#run\">What, on what</a><a href=\"#ipc\">Calls</a><a href=\"#size\">Size</a><a href=\"#rt\">Real time</a><a href=\"#scale\">CPUs</a><a href=\"#conflicts\">Conflicts</a><a href=\"#path\">Path of a Call</a><a href=\"#decisions\">Decisions</a><a href=\"#trace\">Traces</a><a href=\"#profile\">Profiles</a><a href=\"#native\">Structures</a><a href=\"#caveats\">Caveats</a></nav>"
    section_run(); section_ipc(); section_size(); section_rt(); section_scale(); section_conflicts(); section_path(); section_decisions(); section_trace(); section_profile(); section_native(); section_caveats(caveats)
    print "</body></html>"
}
