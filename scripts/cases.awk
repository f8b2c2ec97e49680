# SPDX-License-Identifier: Apache-2.0
# Unpacks a file of cases into directories:  == NAME | what  begins a case, -- PATH a file of it, -- expect what the tool
# says, -- command ARGUMENTS how it is called, -- section FILE GUARD
# what that section of an output holds, -- absent FILE WORD what no guard of an output ends with. Line ends are kept; a file's last empty line is not part of it.
function finish() { if (file != "") { printf "%s", held > file; close(file) } file = ""; held = "" }
/^== / {
    finish()
    name = $2
    if (name in seen) { print "two cases are called " name > "/dev/stderr"; exit 1 }
    seen[name] = 1
    directory = to "/" name
    system("mkdir -p " directory "/out")
    print name > (to "/names")
    next
}
/^-- command / { finish(); print substr($0, 12) > (directory "/command"); close(directory "/command"); next }
/^-- absent / { finish(); print $3, $4 > (directory "/absences"); close(directory "/absences"); next }
/^-- section / {
    finish()
    sections = "ls " directory " | grep -c ^section"
    sections | getline number
    close(sections)
    file = directory "/section." number
    held = $3 " " $4 "\n"
    blank = ""
    next
}
/^-- / {
    finish()
    file = directory "/" $2
    parent = file
    sub(/\/[^\/]*$/, "", parent)
    system("mkdir -p " parent)
    blank = ""
    next
}
file != "" {
    if ($0 == "") { blank = blank "\n"; next }
    held = held blank $0 "\n"
    blank = ""
}
END { finish() }
