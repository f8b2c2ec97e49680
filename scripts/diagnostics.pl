# SPDX-License-Identifier: Apache-2.0
# Every message that the named sources may give, as a regular expression per line.
use strict;
local $/;
for my $file (@ARGV) {
    open my $handle, '<', $file or die "$file: $!";
    my $text = <$handle>;
    while ($text =~ /diagnostic_(?:error|warning|note)\s*\((.*?)\)\s*;/gs) {
        my $call = $1;
        $call =~ /((?:\s*"(?:[^"\\]|\\.)*")+)/s or next;
        my $format = join '', ($1 =~ /"((?:[^"\\]|\\.)*)"/gs);
        $format =~ s/\\(["\\])/$1/g;
        $format =~ s/%%/\x01/g;
        my $pattern = join '.*', map { s/([\\.*^\$+?(){}|\[\]])/\\$1/gr } split /%(?:\.\*)?(?:ll|z)?[a-z]/, $format, -1;
        $pattern =~ s/\x01/%/g;
        print "$pattern\n" unless $format =~ /^%s(: %s)?$/;
    }
}
