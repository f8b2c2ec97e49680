/* SPDX-License-Identifier: Apache-2.0 */
/* psl_generate SEED: a random policy over the classes of tests/languages/psl/sources. */
#include <stdio.h>
#include <stdlib.h>
#include <tests/languages/psl/compare/generate.h>

struct generator gen;

unsigned below(unsigned limit)
{
    return random_below(&gen.random, limit);
}

const char *pick(const char *const *list)
{
    unsigned count = 0;
    while (list[count] != nullptr)
        count++;
    return list[below(count)];
}

static void prologue(void)
{
    static const char *const pools[] = {"1", "2", "4", "9", nullptr};
    puts("execute: kl.core.Execute");
    puts("use nk.base._ use nk.basic._ use nk.regex._ use nk.hashmap._ use nk.staticmap._ use nk.flow._ use nk.mic._");
    puts("use EDL Einit use EDL kl.core.Core use EDL app.Server use EDL app.Client use EDL app.Peer use "
         "EDL app.Keeper");
    puts("task class Second : app.Server task class Bare");
    printf("policy object ports : HashSet { type Entry = UInt16 config = { set_size : %u, pool_size : %s } }\n",
           1 + below(4), pick(pools));
    printf("policy object pairs : HashSet { type Entry = { a : SInt8, b : [Boolean, UInt32] } config = { set_size : 3, "
           "pool_size : %s } }\n",
           pick(pools));
    printf("policy object files : HashSet { type Entry = { rights : UInt32, handle : UInt32 } config = { set_size : 4, "
           "pool_size : %s } }\n",
           pick(pools));
    printf("policy object limits : StaticMap { type Value = SInt16 config = { keys : { \"open\" : %u, \"read\" : -3, "
           "\"ж\" : 0 }, pool_size : %s } }\n",
           below(5), pick(pools));
    puts(
        "policy object session : Flow { type State = \"closed\" | \"open\" | \"busy\" config = { states : [\"closed\", "
        "\"open\", \"busy\"], initial : \"closed\", transitions : { \"closed\" : [\"open\"], \"open\" : [\"busy\", "
        "\"closed\"], \"busy\" : [\"open\", \"busy\"] } } }");
    puts("policy object other : Flow { type State = \"open\" | \"closed\" config = { states : [\"open\", \"closed\"], "
         "initial "
         ": \"open\", transitions : { \"open\" : [\"closed\"], \"closed\" : [\"open\"] } } }");
    puts("policy object mic : Mic { config = [\"LOW\", \"MEDIUM\", \"HIGH\"] }");
    puts("policy object labels : Mic { config = { degrees : [\"low\", \"high\"], categories : [\"red\", \"blue\", "
         "\"green\"] "
         "} }");
    puts("audit profile full = { 0 : { base : { kss : [\"granted\", \"denied\"] }, ports : { kss : [\"granted\", "
         "\"denied\"] "
         "}, files : { kss : [\"granted\", \"denied\"] }, pairs : { kss : [\"granted\", \"denied\"] }, limits : { kss "
         ": [\"granted\", \"denied\"] }, session : { "
         "kss : "
         "[\"granted\", \"denied\"] }, other : { kss : [\"granted\", \"denied\"] }, mic : { kss : [\"granted\", "
         "\"denied\"] }, "
         "labels : { kss : [\"granted\", \"denied\"] } } }");
    puts("audit profile some = { 0 : {}, 3 : { session : { kss : [\"denied\"], omit : [\"open\"] }, re : { kss : [], "
         "emit : "
         "[\"match\"] } } }");
    gen.full = below(3) == 0;
    if (gen.full)
        puts("audit default = full 0");
    else if (below(2) == 0)
        puts("audit default = some 3");
}

int main(int count, char **words)
{
    gen.random.state = count > 1 ? strtoull(words[1], nullptr, 10) : 1;
    prologue();
    for (unsigned i = 20 + below(20); i-- != 0;)
        generate_binding();
    puts("execute { grant () }\nresponse { grant () }");
    return EXIT_SUCCESS;
}
