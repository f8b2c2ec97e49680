# SPDX-License-Identifier: Apache-2.0
# How late each period of the example began, as a picture: from what it prints (lines "late NS"), or from a trace as text, which the
# program knows nothing of: from the moment for which the timer was set to the switch to the controller. -v period=NS
# -v table=1: the figures instead, one in a line.
BEGIN { if (period == 0) period = 2000000 }
function take(ns) { late[n++] = ns; if (ns > most) most = ns; if (n == 1 || ns < least) least = ns }
# field=value of an event
function field(name,   i) { for (i = 4; i <= NF; i++) if (index($i, name "=") == 1) return substr($i, length(name) + 2); return "" }
function nanoseconds(text,   part) { split(text, part, "."); return part[1] * 1000000000 + part[2] }
$1 == "late" { take($2 + 0) }
# The clock rounds: some nanoseconds more or less are the same moment.
$3 == "timer" && (field("deadline") + 100) % period <= 200 { expired = nanoseconds($1); after = field("late"); waits = 1 }
$3 == "switch" && waits && field("next") ~ /[Cc]ontroller/ { take(after + nanoseconds($1) - expired); waits = 0 }
END {
    if (n == 0) { print "jitter.awk: neither lines \"late NS\" nor events of a trace" > "/dev/stderr"; exit 1 }
    if (table) { for (i = 0; i < n; i++) print late[i]; exit }
    span = most > least ? most - least : 1
    for (i = 0; i < n; i++) { bin = int((late[i] - least) * 29 / span); if (++count[bin] > tallest) tallest = count[bin] }
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"760\" height=\"300\" font-family=\"sans-serif\" font-size=\"11\"><rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
    printf "<text x=\"10\" y=\"18\" font-size=\"13\">%d periods: %d to %d ns late</text>\n", n, least, most
    for (i = 0; i < n; i++) printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\" fill=\"#1f5fbf\"/>\n", 50 + i * 440 / n, 260 - (late[i] - least) * 220 / span
    for (i = 0; i < 30; i++) if (count[i] > 0) printf "<rect x=\"510\" y=\"%.1f\" width=\"%.1f\" height=\"6.5\" fill=\"#2c7f3f\"><title>%d</title></rect>\n", 256 - i * 220 / 29, count[i] * 230 / tallest, count[i]
    printf "<text x=\"46\" y=\"264\" text-anchor=\"end\">%d</text><text x=\"46\" y=\"44\" text-anchor=\"end\">%d</text>\n", least, most
    print "<text x=\"20\" y=\"150\" transform=\"rotate(-90 20 150)\" text-anchor=\"middle\">ns late</text>"
    print "<text x=\"270\" y=\"285\" text-anchor=\"middle\">period</text><text x=\"625\" y=\"285\" text-anchor=\"middle\">how often</text>\n</svg>"
}
