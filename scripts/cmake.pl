# SPDX-License-Identifier: Apache-2.0
# What the CMakeLists.txt of a solution say, as far as ./kos run asks: cmake.pl FOLDER INTO [NAME=VALUE]... LIST... writes
# into INTO
#   variables    NAME=value of all variables; those where an image is built count most
#   cmake        program<TAB>source, of add_executable and target_sources
#   macros       program<TAB>-DNAME=value; the program '*' is all, and a library's is its sources' programs
#   properties   NAME=value of what init.yaml.in calls INIT_<program>_ENTITY_...: EXTRA_CONNECTIONS, EXTRA_ARGS, EXTRA_ENV of a
#                program in YAML's flow style; where a new line has to begin, \x01
#   image        programs that build_kos_qemu_image puts into the image
#   parts        key<TAB>file of SECURITY_PSL and CONNECTIONS_CFG of build_kos_qemu_image, the first such
#   absent       warnings: sources that are not there
#   binary/      what configure_file makes
# Commands that say nothing of these are read over; a mistake in a file ends the reading of it.
use strict;
use File::Basename qw(dirname basename);
use File::Path qw(make_path);
use Cwd qw(getcwd);

my ($folder, $into, @lists) = @ARGV;
my %given; # by -D: no set() changes it
while (@lists && $lists[0] =~ /^(\w+)=(.*)$/s) { $given{$1} = $2; shift @lists; }
my $here = getcwd();
my (@absent, @files, %parts, %evaluated, %all, %image, %sources, %definitions, %links, %properties, %functions, @order);
my ($returning, $place) = (0, '');

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
    for (@words) { $scope->{$name} = $_; run($body, $scope); }
}

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

sub command_list {
    my ($scope, $what, $name, @words) = @_;
    my @list = split /;/, $scope->{$name} // '';
    if ($what eq 'APPEND') { push @list, @words;
    } elsif ($what eq 'PREPEND') { unshift @list, @words;
    } elsif ($what eq 'REMOVE_ITEM') { my %gone = map { $_ => 1 } @words; @list = grep { !$gone{$_} } @list;
    } elsif ($what eq 'REMOVE_DUPLICATES') { my %seen; @list = grep { !$seen{$_}++ } @list;
    } elsif ($what eq 'TRANSFORM' && $words[0] =~ /^(APPEND|PREPEND)$/) { @list = map { $1 eq 'APPEND' ? $_ . $words[1] : $words[1] . $_ } @list;
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
    } elsif ($what eq 'JOIN') { my ($glue, $name, @in) = @words; assign($scope, $name, join $glue, @in); }
}

sub command_file {
    my ($scope, $what, $name, @words) = @_;
    return unless $what =~ /^GLOB/;
    my $base = $scope->{CMAKE_CURRENT_SOURCE_DIR};
    my @found;
    for my $pattern (grep { !/^(LIST_DIRECTORIES|true|false|RELATIVE|CONFIGURE_DEPENDS)$/ } @words) {
        my $path = absolute($pattern, $base);
        my @in = dirname($path);
        if ($what eq 'GLOB_RECURSE') { for (my $i = 0; $i < @in; $i++) { push @in, grep { -d } glob "$in[$i]/*/"; } }
        push @found, map { s{//+}{/}gr } map { glob "$_/" . basename($path) } @in;
    }
    assign($scope, $name, join ';', grep { -e } @found);
}

# #cmakedefine NAME value, #cmakedefine01 NAME.
sub defined_line {
    my ($scope, $hash, $number, $name, $value) = @_;
    my $on = ($scope->{$name} // '') !~ /^(0|OFF|NO|FALSE|N|IGNORE|NOTFOUND|)$/i;
    return "${hash}define $name " . ($on ? 1 : 0) if $number;
    return $on ? "${hash}define $name$value" : "/* #undef $name */";
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
    my $old = '';
    if (open my $was, '<', $to) { $old = join '', <$was>; }
    make_path(dirname($to));
    return if $old eq $text && -e $to;
    open my $out, '>', $to or return;
    print $out $text;
}

sub add_definitions {
    my ($target, @words) = @_;
    push @{$definitions{$target}}, map { "-D$_" } grep { length && !/[\$<>\t\n]/ } map { s/^-D//r } grep { !/^(PUBLIC|PRIVATE|INTERFACE|-[^D].*)$/ } @words;
}

sub add_sources {
    my ($scope, $target, @words) = @_;
    $sources{$target} //= do { push @order, $target; [] };
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
    add_subdirectory => sub { my ($scope, $path) = @_; evaluate(absolute($path, $scope->{CMAKE_CURRENT_SOURCE_DIR}) . '/CMakeLists.txt', $scope); },
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
    set_target_properties => \&command_properties,
    return => sub { $returning = 1; },
    build_kos_qemu_image => \&command_image,
    build_kos_hw_image => \&command_image,
);

sub run {
    my ($commands, $scope) = @_;
    for (my $i = 0; $i < @$commands && !$returning; $i++) {
        my ($name, $at, @arguments) = @{$commands->[$i]};
        $place = $at;
        my %ends = (if => 'endif', foreach => 'endforeach', while => 'endwhile', function => 'endfunction', macro => 'endmacro');
        if (my $end = $ends{$name}) {
            my $to = block($commands, $i, $name, $end);
            my @body = @$commands[$i + 1 .. $to - 1];
            if ($name eq 'if') { run_if($commands, $i, $to, $scope);
            } elsif ($name eq 'foreach') { run_foreach(\@body, $scope, words($scope, @arguments));
            } elsif ($name ne 'while') { my ($called, @parameters) = words($scope, @arguments); $functions{lc $called} = [\@parameters, \@body, $name eq 'macro']; }
            $i = $to;
        } elsif (my $function = $functions{$name}) { run_function($function, $scope, words($scope, @arguments));
        } elsif (my $command = $commands{$name}) { my @words = words($scope, @arguments); $command->($scope, @words) if @words || $name eq 'return'; }
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
sub definitions_of {
    my ($target, $seen) = @_;
    return () if $seen->{$target}++;
    return (@{$definitions{$target} // []}, map { definitions_of($_, $seen) } @{$links{$target} // []});
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
            "INIT_${target}_ENTITY_ARGS=" . join('', grep { /^args/ } @keys), "INIT_${target}_ENTITY_ENV=" . join('', grep { /^env/ } @keys));
}

sub write_lines {
    my ($name, @lines) = @_;
    open my $out, '>', "$into/$name" or die "$into/$name: $!";
    print $out map { "$_\n" } @lines;
}

evaluate(absolute($_, $here)) for @lists;
my %values = (%all, %image);
write_lines('variables', map { "$_=$values{$_}" } grep { !/[^A-Za-z0-9_]/ && $values{$_} !~ /\n/ } sort keys %values);
write_lines('cmake', map { my $target = $_; map { "$target\t" . shown($_) } grep { -f } @{$sources{$target}} } grep { !/^lib / } @order);
write_lines('macros', (map { "*\t$_" } @{$definitions{'*'} // []}),
    (map { my $target = $_; map { "$target\t$_" } definitions_of($target, {}) } grep { !/^lib / } @order),
    map { my $target = $_; my $plain = s/^lib //r; map { my $source = shown($_); map { "$source\t$_" } definitions_of($plain, {}) } @{$sources{$target}} } grep { /^lib / } @order);
write_lines('properties', map { extras($_) } sort keys %properties);
write_lines('parts', map { "$_\t$parts{$_}" } grep { exists $parts{$_} } qw(CONNECTIONS_CFG SECURITY_PSL));
write_lines('image', grep { exists $sources{$_} } @files);
write_lines('absent', @absent);
