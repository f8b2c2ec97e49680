# SPDX-License-Identifier: Apache-2.0
# The lines "late NS" of the example as a picture: how late each period began, and how often it was how late.
$1 == "late" { late[n++] = $2 + 0; if ($2 + 0 > most) most = $2 + 0; if (n == 1 || $2 + 0 < least) least = $2 + 0 }
END {
    if (n == 0) { print "no line \"late NS\"" > "/dev/stderr"; exit 1 }
    span = most > least ? most - least : 1
    for (i = 0; i < n; i++) { bin = int((late[i] - least) * 29 / span); if (++count[bin] > tallest) tallest = count[bin] }
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"760\" height=\"300\" font-family=\"sans-serif\" font-size=\"11\"><rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
    printf "<text x=\"10\" y=\"18\" font-size=\"13\">%d periods: %d to %d ns late</text>\n", n, least, most
    for (i = 0; i < n; i++) printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\" fill=\"#1f5fbf\"/>\n", 50 + i * 440 / n, 260 - (late[i] - least) * 220 / span
    for (i = 0; i < 30; i++) if (count[i] > 0) printf "<rect x=\"510\" y=\"%.1f\" width=\"%.1f\" height=\"6.5\" fill=\"#2c7f3f\"><title>%d</title></rect>\n", 256 - i * 220 / 29, count[i] * 230 / tallest, count[i]
    printf "<text x=\"46\" y=\"264\" text-anchor=\"end\">%d</text><text x=\"46\" y=\"44\" text-anchor=\"end\">%d</text>\n", least, most
    print "<text x=\"270\" y=\"285\" text-anchor=\"middle\">period</text><text x=\"625\" y=\"285\" text-anchor=\"middle\">how often</text>\n</svg>"
}
