# SPDX-License-Identifier: Apache-2.0
# Names in quotes, in programs, of channels that init.yaml does not give them, and of endpoints that no class has:
# channels.pl CHANNELS PROGRAMS ENDPOINTS INIT.YAML. CHANNELS: einit --channels, "client's file<TAB>server's file<TAB>name",
# the name '*' where a macro has it. PROGRAMS: "file<TAB>sources". ENDPOINTS: C of einit, which has every name.
use strict;
use List::Util qw(min);
my ($channels, $programs, $endpoints, $yaml) = @ARGV;
my (%names, %endpoints); # names: {function}{file}

# Letters to change, add or leave out.
sub distance {
    my ($from, $to) = @_;
    my @row = 0 .. length $to;
    for my $i (1 .. length $from) {
        my @next = ($i);
        for my $j (1 .. length $to) { push @next, min($row[$j] + 1, $next[-1] + 1, $row[$j - 1] + (substr($from, $i - 1, 1) ne substr $to, $j - 1, 1)); }
        @row = @next;
    }
    return $row[-1];
}

sub warning {
    my ($source, $text, $at, $said) = @_;
    my $before = substr $text, 0, $at;
    printf STDERR "%s:%d:%d: warning: %s\n", $source, 1 + ($before =~ tr/\n//), $at - (rindex($before, "\n") + 1), $said;
}

sub lines { my ($file) = @_; open my $handle, '<', $file or return (); my @lines = <$handle>; chomp @lines; return @lines; }

for (lines($channels)) {
    my ($client, $server, $name) = split /\t/;
    $names{ServiceLocatorConnect}{$client}{$name} = 1;
    $names{ServiceLocatorRegister}{$server}{$name} = 1;
}
/^    \{"([^"]+)", \d+, / and $endpoints{$1} = 1 for lines($endpoints);
for (lines($programs)) {
    my ($program, $sources) = split /\t/;
    for my $source (split ' ', $sources // '') {
        my $text = join "\n", lines($source);
        $text =~ s{(/\*.*?\*/|//[^\n]*)}{$1 =~ s/[^\n]/ /gr}gse unless $text =~ m{"[^"\n]*/[/*]};
        while ($text =~ /\b(ServiceLocatorConnect|ServiceLocatorRegister)\s*\(\s*"([^"\\\n]*)"\s*[,)]/g) {
            my ($function, $name, $at) = ($1, $2, $-[2]);
            my $known = $names{$function}{$program} // {};
            next if $known->{$name} || $known->{'*'};
            my $has = join ', ', map { "'$_'" } sort keys %$known;
            my $side = $function =~ /Connect/ ? 'in which this process is the client' : 'to this process';
            warning($source, $text, $at, "there is no channel '$name' $side; in $yaml it has " . ($has || 'none'));
        }
        while (%endpoints && $text =~ /\bServiceLocatorGetRiid\s*\([^,()"]*,\s*"([^"\\\n]*)"\s*\)/g) {
            my ($name, $at) = ($1, $-[1]);
            next if $endpoints{$name};
            my ($near) = sort { distance($name, $a) <=> distance($name, $b) || $a cmp $b } keys %endpoints;
            warning($source, $text, $at, "no class of the solution has an endpoint '$name'" . (distance($name, $near) <= 3 ? "; did you mean '$near'?" : ''));
        }
    }
}
