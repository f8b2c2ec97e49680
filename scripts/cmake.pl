# SPDX-License-Identifier: Apache-2.0
# What the CMakeLists.txt of a solution say, as far as ./kos run asks: cmake.pl FOLDER INTO [NAME=VALUE]... LIST... writes
# into INTO
#   variables    NAME=value of all variables; those where an image is built count most
#   cmake        program<TAB>source, of add_executable and target_sources
#   macros       program<TAB>-DNAME=value; the program '*' is all, and a library's is its sources' programs
#   includes     program<TAB>folder of target_include_directories and include_directories
#   properties   NAME=value of what init.yaml.in calls INIT_<program>_ENTITY_...: EXTRA_CONNECTIONS, EXTRA_ARGS, EXTRA_ENV of a
#                program in YAML's flow style; where a new line has to begin, \x01
#   image        programs that build_kos_qemu_image puts into the image
#   parts        key<TAB>file of SECURITY_PSL and CONNECTIONS_CFG of build_kos_qemu_image, the first such
#   absent       warnings: files that are not there
#   binary/      what configure_file and generate_edl_file make
# Commands that say nothing of these are read over; a mistake in a file ends the reading of it.
use strict;
use File::Basename qw(dirname basename);
use File::Path qw(make_path);
use File::Find qw(find);
use File::Spec;
use Cwd qw(getcwd);

my ($folder, $into, @lists) = @ARGV;
my %given; # by -D: no set() changes it
while (@lists && $lists[0] =~ /^(\w+)=(.*)$/s) { $given{$1} = $2; shift @lists; }
my $here = getcwd();
my (@absent, @files, %parts, %includes, %evaluated, %all, %image, %sources, %definitions, %links, %properties, %functions, %made, @order);
my ($returning, $leaving, $place) = (0, '', '');

sub absolute {
    my ($path, $base) = @_;
    $path = "$base/$path" unless $path =~ m{^/};
    1 while $path =~ s{/(?:\./|/)}{/} || $path =~ s{/(?!\.\./)[^/]+/\.\.(/|$)}{$1};
    return $path =~ s{(?<=.)/\.?$}{}r;
}

sub shown { my ($path) = @_; return $path =~ s{^\Q$here\E/}{}r; }

# A file as a list of commands: [name, place, [text, quoted]...].
sub parse {
    my ($file) = @_;
    open my $handle, '<', $file or return;
    local $/;
    my $text = <$handle> // '';
    $text =~ s/^\xef\xbb\xbf//;
    $text =~ s/\r\n/\n/g;
    my (@commands, $command);
    my $depth = 0;
    pos($text) = 0;
    while (pos($text) < length $text) {
        next if $text =~ /\G\s+/gc;
        next if $text =~ /\G#\[(=*)\[.*?\]\1\]/gcs || $text =~ /\G#[^\n]*/gc;
        if (!$command) {
            last unless $text =~ /\G([A-Za-z_]\w*)\s*\(/gc;
            $command = [lc $1, shown($file) . ':' . (1 + (substr($text, 0, $-[0]) =~ tr/\n//))];
            $depth = 1;
        } elsif ($text =~ /\G\[(=*)\[\n?(.*?)\]\1\]/gcs) { push @$command, [$2, 2];
        } elsif ($text =~ /\G"((?:[^"\\]|\\.)*)"/gcs) { push @$command, [$1, 1];
        } elsif ($text =~ /\G\(/gc) { $depth++; push @$command, ['(', 0];
        } elsif ($text =~ /\G\)/gc) {
            if (--$depth) { push @$command, [')', 0]; next; }
            push @commands, $command;
            $command = undef;
        } elsif ($text =~ /\G((?:[^\s()#"\\\$]|\\.|\$\{|\$ENV\{|\$|"(?:[^"\\]|\\.)*")+)/gcs) { push @$command, [$1, 0];
        } else { last; }
    }
    push @absent, "$command->[1]: warning: the '(' of $command->[0] is not closed: what follows is not read" if $command;
    return @commands;
}

sub expand {
    my ($text, $scope) = @_;
    $text =~ s/\$ENV\{[^{}]*\}//g;
    for (1 .. 20) { last unless $text =~ s/\$\{([A-Za-z0-9_.\/+-]*)\}/$scope->{$1} \/\/ ''/ge; }
    return $text;
}

sub unescape { my ($text) = @_; $text =~ s/\\\n//g; $text =~ s/\\(.)/$1 eq 'n' ? "\n" : $1 eq 't' ? "\t" : $1/ges; return $text; }

# The words of a command, variables replaced and lists taken apart.
sub words {
    my ($scope, @arguments) = @_;
    my @words;
    for my $argument (@arguments) {
        my ($text, $quoted) = @$argument;
        if ($quoted == 2) { push @words, $text; next; }
        $text = expand($text, $scope);
        if ($quoted) { push @words, unescape($text); }
        else { push @words, map { unescape($_) } grep { $_ ne '' } split /;/, $text; }
    }
    return @words;
}

# Generator expressions whose value is known here; the others stay.
sub generated {
    my ($text) = @_;
    my $type = $given{CMAKE_BUILD_TYPE} // $all{CMAKE_BUILD_TYPE} // '';
    my %values = (
        BOOL => sub { is_true($_[0], {}) }, NOT => sub { $_[0] ? 0 : 1 }, AND => sub { (grep { !$_ } @_) ? 0 : 1 }, OR => sub { (grep { $_ } @_) ? 1 : 0 },
        STREQUAL => sub { $_[0] eq $_[1] ? 1 : 0 }, EQUAL => sub { $_[0] == $_[1] ? 1 : 0 }, IF => sub { $_[0] ? $_[1] : $_[2] // '' },
        CONFIG => sub { lc $_[0] eq lc $type ? 1 : 0 }, PLATFORM_ID => sub { $_[0] eq 'KasperskyOS' ? 1 : 0 }, BUILD_INTERFACE => sub { $_[0] }, INSTALL_INTERFACE => sub { '' },
        1 => sub { join ',', @_ }, 0 => sub { '' });
    my $known = join '|', keys %values;
    for (1 .. 20) { last unless $text =~ s/\$<($known):([^<>]*)>/$values{$1}->(split \/,\/, $2, -1)/ge; }
    return $text;
}

sub is_true {
    my ($word, $scope) = @_;
    return 1 if $word =~ /^(1|ON|YES|TRUE|Y)$/i || $word =~ /^-?[1-9]\d*$/;
    return 0 if $word =~ /^(0|OFF|NO|FALSE|N|IGNORE|NOTFOUND|)$/i || $word =~ /-NOTFOUND$/;
    my $value = $scope->{$word};
    return defined $value && $value !~ /^(0|OFF|NO|FALSE|N|IGNORE|NOTFOUND|)$/i && $value !~ /-NOTFOUND$/ ? 1 : 0;
}

# The condition of if(): or, and, not, comparisons; @$words is used up.
sub condition_or { my ($w, $s) = @_; my $v = condition_and($w, $s); while (@$w && $w->[0] eq 'OR') { shift @$w; my $r = condition_and($w, $s); $v ||= $r; } return $v; }
sub condition_and { my ($w, $s) = @_; my $v = condition_not($w, $s); while (@$w && $w->[0] eq 'AND') { shift @$w; my $r = condition_not($w, $s); $v &&= $r; } return $v; }

sub condition_not {
    my ($words, $scope) = @_;
    my $word = shift @$words // '';
    if ($word eq 'NOT') { return condition_not($words, $scope) ? 0 : 1; }
    if ($word eq '(') { my $value = condition_or($words, $scope); shift @$words; return $value; }
    if ($word eq 'DEFINED') { return exists $scope->{shift @$words // ''} ? 1 : 0; }
    if ($word eq 'TARGET') { return exists $sources{shift @$words // ''} ? 1 : 0; }
    if ($word =~ /^(EXISTS|IS_DIRECTORY|COMMAND|POLICY)$/) { my $path = shift @$words // ''; return -e absolute($path, $scope->{CMAKE_CURRENT_SOURCE_DIR}) ? 1 : 0; }
    my $operator = $words->[0] // '';
    return is_true($word, $scope) unless $operator =~ /^(STREQUAL|EQUAL|MATCHES|LESS|GREATER|LESS_EQUAL|GREATER_EQUAL|STRLESS|STRGREATER|VERSION_\w+|IN_LIST)$/;
    shift @$words;
    my ($left, $right) = ($scope->{$word} // $word, shift @$words // '');
    if ($operator eq 'IN_LIST') { return (grep { $_ eq $left } split /;/, $scope->{$right} // '') ? 1 : 0; }
    if ($operator eq 'MATCHES') { return eval { $left =~ /$right/ } ? 1 : 0; }
    $right = $scope->{$right} // $right;
    return $left eq $right ? 1 : 0 if $operator eq 'STREQUAL';
    no warnings;
    return { EQUAL => $left == $right, LESS => $left < $right, GREATER => $left > $right, LESS_EQUAL => $left <= $right,
             GREATER_EQUAL => $left >= $right, STRLESS => $left lt $right, STRGREATER => $left gt $right }->{$operator =~ s/^VERSION_//r} ? 1 : 0;
}

# The commands up to the end that belongs to the one at $at, and where it is.
sub block {
    my ($commands, $at, $begin, $end) = @_;
    my $depth = 0;
    for (my $i = $at; $i < @$commands; $i++) {
        $depth++ if $commands->[$i][0] =~ /^$begin$/;
        return $i if $commands->[$i][0] eq $end && --$depth == 0;
    }
    return scalar @$commands;
}

sub run_if {
    my ($commands, $at, $end, $scope) = @_;
    my ($taken, $depth) = (0, 0);
    my @body;
    for (my $i = $at; $i < $end; $i++) {
        my ($name, undef, @arguments) = @{$commands->[$i]};
        if ($depth == 1 && $name =~ /^(elseif|else)$/ || $i == $at) {
            $depth++ if $i == $at;
            last if @body || $taken;
            my @words = map { $_->[1] ? (is_variable($_) ? expand($_->[0], $scope) : $_->[0]) : words($scope, $_) } @arguments;
            $taken = $name eq 'else' ? 1 : condition_or(\@words, $scope);
            next;
        }
        $depth++ if $name eq 'if';
        $depth-- if $name eq 'endif';
        push @body, $commands->[$i] if $taken;
    }
    run(\@body, $scope);
}
sub is_variable { return $_[0][0] =~ /\$/; }

sub run_foreach {
    my ($body, $scope, $name, @words) = @_;
    if (($words[0] // '') eq 'IN') {
        my ($lists, @items) = 0;
        for (@words[1 .. $#words]) {
            if (/^(LISTS|ITEMS)$/) { $lists = $_ eq 'LISTS'; next; }
            push @items, $lists ? split /;/, $scope->{$_} // '' : $_;
        }
        @words = @items;
    } elsif (($words[0] // '') eq 'RANGE') { @words = @words > 2 ? ($words[1] .. $words[2]) : (0 .. $words[1]); }
    for (@words) { $scope->{$name} = $_; run($body, $scope); last if left(); }
}

sub run_while {
    my ($body, $scope, @arguments) = @_;
    for (1 .. 1000) {
        my @words = map { $_->[1] ? (is_variable($_) ? expand($_->[0], $scope) : $_->[0]) : words($scope, $_) } @arguments;
        last unless condition_or(\@words, $scope);
        run($body, $scope);
        last if left();
    }
}

# What break() and continue() leave: true if it is the loop.
sub left { my $loop = $leaving eq 'break' || $returning; $leaving = ''; return $loop; }

sub run_function {
    my ($function, $scope, @words) = @_;
    my %inner = %$scope;
    my ($parameters, $body, $macro) = @$function;
    @inner{@$parameters} = @words;
    $inner{ARGV} = join ';', @words;
    $inner{ARGC} = @words;
    $inner{ARGN} = join ';', @words[scalar @$parameters .. $#words];
    $inner{"ARGV$_"} = $words[$_] for 0 .. $#words;
    $inner{' parent'} = $scope;
    run($body, \%inner);
    $returning = 0;
    if ($macro) { $scope->{$_} = $inner{$_} for grep { $_ !~ /^(ARG|\s)/ } keys %inner; }
}

sub assign {
    my ($scope, $name, $value) = @_;
    $scope->{$name} = $all{$name} = $given{$name} // $value;
}

sub command_set {
    my ($scope, $name, @words) = @_;
    return if $name =~ /^ENV\{/;
    my $parent = @words && $words[-1] eq 'PARENT_SCOPE' ? pop @words : 0;
    for my $i (0 .. $#words) { if ($words[$i] eq 'CACHE') { $#words = $i - 1; last; } }
    my $value = join ';', @words;
    if ($parent && $scope->{' parent'}) { assign($scope->{' parent'}, $name, $value); } else { assign($scope, $name, $value); }
}

# Words by the keywords before them: PREFIX_KEYWORD.
sub command_parse {
    my ($scope, $prefix, @words) = @_;
    my @given;
    if ($prefix eq 'PARSE_ARGV') {
        (my $from, $prefix, @words) = @words;
        @given = map { $scope->{"ARGV$_"} // '' } $from .. ($scope->{ARGC} // 0) - 1;
    }
    my ($options, $ones, $several) = map { { map { $_ => 1 } split /;/, $words[$_] // '' } } 0 .. 2;
    @given = @words[3 .. $#words] unless @given;
    my %values = (map({ $_ => 'FALSE' } keys %$options), map({ $_ => undef } keys %$ones, keys %$several), UNPARSED_ARGUMENTS => undef);
    my ($key, $one) = ('UNPARSED_ARGUMENTS', 0);
    for (@given) {
        if ($options->{$_}) { $values{$_} = 'TRUE'; $key = 'UNPARSED_ARGUMENTS'; $one = 0;
        } elsif ($ones->{$_} || $several->{$_}) { ($key, $one) = ($_, $ones->{$_});
        } else {
            $values{$key} = defined $values{$key} && !$one ? "$values{$key};$_" : $_;
            $key = 'UNPARSED_ARGUMENTS' if $one;
            $one = 0;
        }
    }
    for (keys %values) { if (defined $values{$_}) { $scope->{"${prefix}_$_"} = $values{$_}; } else { delete $scope->{"${prefix}_$_"}; } }
}

# A regular expression of CMake's; undef for what is none. A replacement's \\1 is $1.
sub pattern { my ($text) = @_; return eval { qr/$text/ }; }

sub command_regex {
    my ($scope, $what, $text, @words) = @_;
    my $pattern = pattern($text) // return;
    my $to = $what eq 'REPLACE' ? shift @words : '';
    my ($name, @in) = @words;
    my $subject = join '', @in;
    if ($what eq 'REPLACE') {
        $subject =~ s/$pattern/my @found = ($&, map { defined $-[$_] ? substr($subject, $-[$_], $+[$_] - $-[$_]) : '' } 1 .. 9); $to =~ s{\\(\d)}{$found[$1] \/\/ ''}ger/ge;
        assign($scope, $name, $subject);
    } elsif ($what eq 'MATCH') {
        my $found = $subject =~ $pattern;
        assign($scope, $name, $found ? $& : '');
        if ($found) { my @all = ($&, map { defined $-[$_] ? substr($subject, $-[$_], $+[$_] - $-[$_]) : '' } 1 .. 9); $scope->{"CMAKE_MATCH_$_"} = $all[$_] for 0 .. 9; }
    } elsif ($what eq 'MATCHALL') { my @all; push @all, $& while $subject =~ /$pattern/g; assign($scope, $name, join ';', @all); }
}

sub command_list {
    my ($scope, $what, $name, @words) = @_;
    my @list = split /;/, $scope->{$name} // '';
    if ($what eq 'APPEND') { push @list, @words;
    } elsif ($what eq 'PREPEND') { unshift @list, @words;
    } elsif ($what eq 'REMOVE_ITEM') { my %gone = map { $_ => 1 } @words; @list = grep { !$gone{$_} } @list;
    } elsif ($what eq 'REMOVE_DUPLICATES') { my %seen; @list = grep { !$seen{$_}++ } @list;
    } elsif ($what eq 'TRANSFORM' && $words[0] =~ /^(APPEND|PREPEND)$/) { @list = map { $1 eq 'APPEND' ? $_ . $words[1] : $words[1] . $_ } @list;
    } elsif ($what eq 'SORT') { @list = sort @list;
    } elsif ($what eq 'REVERSE') { @list = reverse @list;
    } elsif ($what eq 'INSERT') { my $at = shift @words; splice @list, $at, 0, @words;
    } elsif ($what eq 'REMOVE_AT') { splice @list, $_, 1 for sort { $b <=> $a } map { $_ < 0 ? $_ + @list : $_ } @words;
    } elsif ($what eq 'FILTER') {
        my $pattern = pattern($words[2] // '') // return;
        @list = grep { $words[0] eq 'INCLUDE' ? $_ =~ $pattern : $_ !~ $pattern } @list;
    } elsif ($what eq 'FIND') {
        my ($at) = grep { $list[$_] eq $words[0] } 0 .. $#list;
        return assign($scope, $words[1], $at // -1);
    } elsif ($what eq 'LENGTH') { return assign($scope, $words[0], scalar @list);
    } elsif ($what eq 'GET') { return assign($scope, $words[-1], join ';', @list[@words[0 .. $#words - 1]]);
    } elsif ($what eq 'JOIN') { return assign($scope, $words[1], join $words[0], @list);
    } else { return; }
    assign($scope, $name, join ';', @list);
}

sub command_string {
    my ($scope, $what, @words) = @_;
    if ($what eq 'TOUPPER' || $what eq 'TOLOWER') { assign($scope, $words[1], $what eq 'TOUPPER' ? uc $words[0] : lc $words[0]);
    } elsif ($what eq 'STRIP') { assign($scope, $words[1], $words[0] =~ s/^\s+|\s+$//gr);
    } elsif ($what eq 'REPLACE') { my ($from, $to, $name, @in) = @words; assign($scope, $name, join('', @in) =~ s/\Q$from\E/$to/gr);
    } elsif ($what eq 'CONCAT') { my ($name, @in) = @words; assign($scope, $name, join '', @in);
    } elsif ($what eq 'APPEND') { my ($name, @in) = @words; assign($scope, $name, join '', $scope->{$name} // '', @in);
    } elsif ($what eq 'JOIN') { my ($glue, $name, @in) = @words; assign($scope, $name, join $glue, @in);
    } elsif ($what eq 'LENGTH') { assign($scope, $words[1], length $words[0]);
    } elsif ($what eq 'FIND') { assign($scope, $words[2], index $words[0], $words[1]);
    } elsif ($what eq 'SUBSTRING') { assign($scope, $words[3], $words[2] < 0 ? substr $words[0], $words[1] : substr $words[0], $words[1], $words[2]);
    } elsif ($what eq 'REGEX') { command_regex($scope, @words); }
}

sub command_file {
    my ($scope, $what, $name, @words) = @_;
    return unless $what =~ /^GLOB/;
    my $base = $scope->{CMAKE_CURRENT_SOURCE_DIR};
    my @found;
    my $relative;
    for my $i (0 .. $#words) { if ($words[$i] eq 'RELATIVE') { (undef, $relative) = splice @words, $i, 2; last; } }
    for my $pattern (grep { !/^(LIST_DIRECTORIES|true|false|CONFIGURE_DEPENDS)$/ } @words) {
        my $path = absolute($pattern, $base);
        my @in = dirname($path);
        if ($what eq 'GLOB_RECURSE') { for (my $i = 0; $i < @in; $i++) { push @in, grep { -d } glob "$in[$i]/*/"; } }
        push @found, map { s{//+}{/}gr } map { glob "$_/" . basename($path) } @in;
    }
    @found = grep { -e } @found;
    @found = map { File::Spec->abs2rel($_, absolute($relative, $base)) } @found if defined $relative;
    assign($scope, $name, join ';', @found);
}

# #cmakedefine NAME value, #cmakedefine01 NAME.
sub defined_line {
    my ($scope, $hash, $number, $name, $value) = @_;
    my $on = ($scope->{$name} // '') !~ /^(0|OFF|NO|FALSE|N|IGNORE|NOTFOUND|)$/i;
    return "${hash}define $name " . ($on ? 1 : 0) if $number;
    return $on ? "${hash}define $name$value" : "/* #undef $name */";
}

# A file that the build makes; one that says the same stays, so nothing is built again.
sub write_made {
    my ($to, $text) = @_;
    my $old = '';
    $made{$to} = 1;
    if (open my $was, '<', $to) { $old = join '', <$was>; }
    make_path(dirname($to));
    return if $old eq $text && -e $to;
    open my $out, '>', $to or return;
    print $out $text;
}

sub command_configure {
    my ($scope, $from, $to, @words) = @_;
    $from = absolute($from, $scope->{CMAKE_CURRENT_SOURCE_DIR});
    $to = basename($from) =~ s/\.in$//r unless defined $to;
    $to = absolute($to, $scope->{CMAKE_CURRENT_BINARY_DIR});
    # Nothing is written into the author's folder.
    my $root = absolute($folder, $here);
    $to =~ s{^\Q$root\E/}{absolute($into, $here) . '/binary/'}e unless index($to, absolute($into, $here)) == 0;
    $to .= '/' . basename($from) if -d $to;
    open my $in, '<', $from or return;
    my $text = join '', <$in>;
    unless (grep { $_ eq 'COPYONLY' } @words) {
        $text =~ s/^([ \t]*#[ \t]*)cmakedefine(01)?[ \t]+(\w+)(.*)$/defined_line($scope, $1, $2, $3, $4)/gme;
        $text =~ s/\@([A-Za-z0-9_.\/+-]+)\@/$scope->{$1} \/\/ ''/ge;
        $text = expand($text, $scope) unless grep { $_ eq '@ONLY' } @words;
    }
    write_made($to, $text);
}

sub add_definitions {
    my ($target, @words) = @_;
    @words = map { generated($_) } @words;
    push @{$definitions{$target}}, map { "-D$_" } grep { length && !/[\$<>\t\n]/ } map { s/^-D//r } grep { !/^(PUBLIC|PRIVATE|INTERFACE|-[^D].*)$/ } @words;
}

sub add_includes {
    my ($scope, $target, @words) = @_;
    @words = map { generated($_) } @words;
    push @{$includes{$target}}, map { absolute($_, $scope->{CMAKE_CURRENT_SOURCE_DIR}) } grep { !/^(PUBLIC|PRIVATE|INTERFACE|BEFORE|AFTER|SYSTEM)$/ && !/[\$<>]/ } @words;
}

sub add_sources {
    my ($scope, $target, @words) = @_;
    @words = map { generated($_) } @words;
    $sources{$target} //= do { push @order, $target; [] };
    push @{$links{$target}}, map { /^\$<TARGET_OBJECTS:(.+)>$/ ? $1 : () } @words;
    for (grep { /\.(c|cc|cpp|cxx)$/ } @words) {
        my $path = absolute($_, $scope->{CMAKE_CURRENT_SOURCE_DIR});
        my $made = absolute($_, $scope->{CMAKE_CURRENT_BINARY_DIR});
        if (-e $path || index($path, absolute($into, $here)) == 0) { push @{$sources{$target}}, $path;
        } elsif (-e $made) { push @{$sources{$target}}, $made;
        } else { push @absent, "$place: warning: there is no " . shown($path) . ', which ' . $target =~ s/^lib //r . ' is made of'; }
    }
}

sub command_properties {
    my ($scope, @words) = @_;
    my (@targets, %values);
    while (@words && $words[0] ne 'PROPERTIES') { push @targets, shift @words; }
    shift @words;
    while (@words > 1) { my $name = shift @words; $values{$name} = shift @words; }
    for my $target (@targets) { $properties{$target}{$_} = $values{$_} for grep { /^EXTRA_(CONNECTIONS|ARGS|ENV)$/ } keys %values; }
}

# set_property(TARGET ... APPEND PROPERTY ...)
sub command_property {
    my ($scope, $what, @words) = @_;
    my (@targets, $append);
    while (@words && $words[0] !~ /^(PROPERTY|APPEND|APPEND_STRING)$/) { push @targets, shift @words; }
    while (@words && $words[0] ne 'PROPERTY') { $append = shift @words; }
    my (undef, $name, @values) = @words;
    return unless $what eq 'TARGET' && ($name // '') =~ /^EXTRA_(CONNECTIONS|ARGS|ENV)$/;
    for (@targets) { $properties{$_}{$name} = ($append ? $properties{$_}{$name} // '' : '') . join ';', @values; }
}

# generate_edl_file(NAME [PREFIX package]): a class without endpoints.
sub command_edl {
    my ($scope, $name, @words) = @_;
    my %given = map { $words[$_] => $words[$_ + 1] // '' } 0 .. $#words;
    my $class = ($given{PREFIX} // '') ne '' ? "$given{PREFIX}.$name" : $name;
    write_made(absolute($into, $here) . '/binary/' . $class =~ s{\.}{/}gr . '.edl', "task class $class\n");
}

sub command_image {
    my ($scope, @words) = @_;
    %image = (%image, map { $_ => $scope->{$_} } grep { exists $all{$_} } keys %$scope);
    my $key = '';
    for (@words) {
        if (/^[A-Z_]+$/ && !exists $sources{$_}) { $key = $_; next; }
        if ($key eq 'IMAGE_FILES') { push @files, $_; next; }
        my $path = absolute($_, $scope->{CMAKE_CURRENT_SOURCE_DIR});
        $path = absolute($_, $scope->{CMAKE_CURRENT_BINARY_DIR}) unless -e $path;
        $parts{$key} //= shown($path) if -f $path;
    }
}

my %commands = (
    set => \&command_set,
    unset => sub { delete $_[0]{$_[1]}; },
    option => sub { my ($scope, $name, undef, $value) = @_; assign($scope, $name, $value // 'OFF') unless exists $scope->{$name}; },
    list => \&command_list,
    string => \&command_string,
    file => \&command_file,
    configure_file => \&command_configure,
    aux_source_directory => sub {
        my ($scope, $path, $name) = @_;
        assign($scope, $name, join ';', grep { /\.(c|cc|cpp|cxx)$/ } glob absolute($path, $scope->{CMAKE_CURRENT_SOURCE_DIR}) . '/*');
    },
    math => sub { my ($scope, undef, $name, $text) = @_; assign($scope, $name, $text =~ m{^[\d\s+*/%()|&^~<>xXa-fA-F-]+$} ? int(eval($text) // 0) : 0); },
    get_filename_component => sub {
        my ($scope, $name, $path, $what) = @_;
        my %parts = (NAME => basename($path), DIRECTORY => dirname($path), PATH => dirname($path), NAME_WE => basename($path) =~ s/\..*//r);
        assign($scope, $name, $parts{$what} // absolute($path, $scope->{CMAKE_CURRENT_SOURCE_DIR}));
    },
    project => sub {
        my ($scope, $name, @words) = @_;
        my %given = @words > 1 ? map { $words[$_] => $words[$_ + 1] } 0 .. $#words - 1 : ();
        assign($scope, $_, $name) for 'PROJECT_NAME', exists $all{CMAKE_PROJECT_NAME} ? () : 'CMAKE_PROJECT_NAME';
        for my $prefix ('PROJECT', $name, $all{CMAKE_PROJECT_NAME} eq $name ? 'CMAKE_PROJECT' : ()) {
            assign($scope, "${prefix}_VERSION", $given{VERSION} // '');
            my @version = split /\./, $given{VERSION} // '';
            assign($scope, "${prefix}_VERSION_" . (qw(MAJOR MINOR PATCH TWEAK))[$_], $version[$_] // '') for 0 .. 3;
            assign($scope, "${prefix}_SOURCE_DIR", $scope->{CMAKE_CURRENT_SOURCE_DIR});
            assign($scope, "${prefix}_BINARY_DIR", $scope->{CMAKE_CURRENT_BINARY_DIR});
        }
    },
    add_subdirectory => sub {
        my ($scope, $path) = @_;
        my $file = absolute($path, $scope->{CMAKE_CURRENT_SOURCE_DIR}) . '/CMakeLists.txt';
        push @absent, "$place: warning: there is no " . shown($file) unless -f $file;
        evaluate($file, $scope);
    },
    include => sub {
        my ($scope, $name) = @_;
        my $path = absolute($name, $scope->{CMAKE_CURRENT_SOURCE_DIR});
        my ($file) = grep { -f } $path, map { absolute("$_/$name.cmake", $scope->{CMAKE_CURRENT_SOURCE_DIR}) } split /;/, $scope->{CMAKE_MODULE_PATH} // '';
        return unless $file;
        local $scope->{CMAKE_CURRENT_LIST_DIR} = dirname($file);
        run([parse($file)], $scope);
        $returning = 0;
    },
    add_executable => sub { my ($scope, $name, @words) = @_; add_sources($scope, $name, @words); $properties{$name} //= {}; },
    add_library => sub { my ($scope, $name, @words) = @_; add_sources($scope, "lib $name", @words); },
    target_sources => sub { my ($scope, $name, @words) = @_; add_sources($scope, exists $sources{$name} ? $name : "lib $name", @words); },
    target_link_libraries => sub { my (undef, $name, @words) = @_; push @{$links{$name}}, @words; },
    target_compile_definitions => sub { my (undef, $name, @words) = @_; add_definitions($name, @words); },
    target_compile_options => sub { my (undef, $name, @words) = @_; add_definitions($name, grep { /^-D/ } @words); },
    add_compile_definitions => sub { my (undef, @words) = @_; add_definitions('*', @words); },
    add_definitions => sub { my (undef, @words) = @_; add_definitions('*', grep { /^-D/ } @words); },
    add_compile_options => sub { my (undef, @words) = @_; add_definitions('*', grep { /^-D/ } @words); },
    target_include_directories => \&add_includes,
    include_directories => sub { my ($scope, @words) = @_; add_includes($scope, '*', @words); },
    set_target_properties => \&command_properties,
    set_property => \&command_property,
    cmake_parse_arguments => \&command_parse,
    generate_edl_file => \&command_edl,
    return => sub { $returning = 1; },
    break => sub { $leaving = 'break'; },
    continue => sub { $leaving = 'continue'; },
    build_kos_qemu_image => \&command_image,
    build_kos_hw_image => \&command_image,
);

sub run {
    my ($commands, $scope) = @_;
    for (my $i = 0; $i < @$commands && !$returning && !$leaving; $i++) {
        my ($name, $at, @arguments) = @{$commands->[$i]};
        $place = $at;
        my %ends = (if => 'endif', foreach => 'endforeach', while => 'endwhile', function => 'endfunction', macro => 'endmacro');
        if (my $end = $ends{$name}) {
            my $to = block($commands, $i, $name, $end);
            my @body = @$commands[$i + 1 .. $to - 1];
            if ($name eq 'if') { run_if($commands, $i, $to, $scope);
            } elsif ($name eq 'foreach') { run_foreach(\@body, $scope, words($scope, @arguments));
            } elsif ($name eq 'while') { run_while(\@body, $scope, @arguments);
            } else { my ($called, @parameters) = words($scope, @arguments); $functions{lc $called} = [\@parameters, \@body, $name eq 'macro']; }
            $i = $to;
        } elsif (my $function = $functions{$name}) { run_function($function, $scope, words($scope, @arguments));
        } elsif (my $command = $commands{$name}) { my @words = words($scope, @arguments); $command->($scope, @words) if @words || $name =~ /^(return|break|continue)$/; }
    }
}

sub evaluate {
    my ($file, $outer) = @_;
    return if $evaluated{$file}++ || !-f $file;
    my %scope = %{$outer // \%given};
    my $directory = dirname($file);
    my $binary = absolute($into, $here) . '/binary';
    $scope{CMAKE_SOURCE_DIR} //= $directory;
    $scope{CMAKE_BINARY_DIR} //= $binary;
    $scope{CMAKE_CURRENT_SOURCE_DIR} = $scope{CMAKE_CURRENT_LIST_DIR} = $directory;
    $scope{CMAKE_CURRENT_BINARY_DIR} = $directory =~ s/^\Q$scope{CMAKE_SOURCE_DIR}\E/$binary/r;
    $scope{CMAKE_SYSTEM_NAME} = 'KasperskyOS';
    $scope{' parent'} = $outer;
    run([parse($file)], \%scope);
    $returning = 0;
}

# What a target is compiled with: its own, and its libraries'.
sub all_of {
    my ($what, $target, $seen) = @_;
    return () if $seen->{$target}++;
    return (@{$what->{$target} // []}, map { all_of($what, $_, $seen) } @{$links{$target} // []});
}

# "program<TAB>word" for all programs; for libraries, "source<TAB>word".
sub of_targets {
    my ($what) = @_;
    return ((map { "*\t$_" } @{$what->{'*'} // []}), map {
        my ($target, $plain) = ($_, s/^lib //r);
        my @names = $target eq $plain ? $target : map { shown($_) } @{$sources{$target}};
        my @words = all_of($what, $plain, {});
        map { my $name = $_; map { "$name\t$_" } @words } @names;
    } @order);
}

# YAML in block style, lines as [indentation, text], as a list of values in flow style: what a property says.
sub flow {
    my (@lines) = @_;
    my ($indent, $first) = @{$lines[0]};
    return $first =~ /^['"\[{]/ ? $first : "'" . $first =~ s/'/''/gr . "'" unless $first =~ /^- / || $first =~ /^[\w.-]+:( |$)/;
    my @groups;
    for (@lines) { if ($_->[0] == $indent) { push @groups, [$_]; } else { push @{$groups[-1]}, $_; } }
    return map {
        my ($head, @rest) = @$_;
        my ($before, $value) = $head->[1] =~ /^(-\s+|[\w.-]+:\s*)(.*)$/;
        unshift @rest, [$before =~ /^-/ ? $head->[0] + length $before : 1000, $value] if defined $value && $value ne '';
        my @inner = @rest ? flow(@rest) : "''";
        my $text = @inner > 1 || $inner[0] =~ /^[\w.-]+: / ? '{' . join(', ', @inner) . '}' : $inner[0];
        $before =~ /^-/ ? $text : $before =~ s/\s+$//r . " $text";
    } @groups;
}

sub extras {
    my ($target) = @_;
    my %values;
    for my $name (keys %{$properties{$target}}) {
        my @lines = map { /^( *)(.*?)\s*$/; [length $1, $2] } grep { /\S/ && !/^\s*#/ } split /\n/, $properties{$target}{$name};
        $values{$name} = [flow(@lines)] if @lines;
    }
    my @keys = (map({ 'connections: [' . join(', ', @$_) . ']' } grep { $_ } $values{EXTRA_CONNECTIONS}),
                map({ 'args: [' . join(', ', @$_) . ']' } grep { $_ } $values{EXTRA_ARGS}), map({ 'env: {' . join(', ', @$_) . '}' } grep { $_ } $values{EXTRA_ENV}));
    return ("INIT_${target}_ENTITY_CONNECTIONS=" . join("\x01", @keys), "INIT_${target}_ENTITY_CONNECTIONS+=" . join("\x01", map { "- $_" } @{$values{EXTRA_CONNECTIONS} // []}),
            "INIT_${target}_ENTITY_ARGS=" . join('', grep { /^args/ } @keys), "INIT_${target}_ENTITY_ENV=" . join('', grep { /^env/ } @keys),
            "INIT_${target}_ENTITY_ENV+=" . join("\x01", @{$values{EXTRA_ENV} // []}));
}

sub write_lines {
    my ($name, @lines) = @_;
    open my $out, '>', "$into/$name" or die "$into/$name: $!";
    print $out map { "$_\n" } @lines;
}

evaluate(absolute($_, $here)) for @lists;
find({ no_chdir => 1, wanted => sub { unlink $_ if /\.[ice]dl$/ && !$made{$_}; } }, absolute($into, $here) . '/binary') if -d "$into/binary";
my %values = (%all, %image);
write_lines('variables', map { "$_=$values{$_}" } grep { !/[^A-Za-z0-9_]/ && $values{$_} !~ /\n/ } sort keys %values);
write_lines('cmake', map { my $target = $_; map { "$target\t" . shown($_) } grep { -f } @{$sources{$target}} } grep { !/^lib / } @order);
write_lines('macros', of_targets(\%definitions));
write_lines('includes', map { /^(.*)\t(.*)$/ && -d $2 ? "$1\t" . shown($2) : () } of_targets(\%includes));
write_lines('properties', map { extras($_) } sort keys %properties);
write_lines('parts', map { "$_\t$parts{$_}" } grep { exists $parts{$_} } qw(CONNECTIONS_CFG SECURITY_PSL));
write_lines('image', grep { exists $sources{$_} } @files);
write_lines('absent', @absent);
