/* SPDX-License-Identifier: Apache-2.0 */
/* math.h, complex.h, fenv.h: values known to the last digit, and relations that hold. */
#include "check.h"
#include <complex.h>
#include <fenv.h>
#include <math.h>
#include <stdlib.h>

static int near(double a, double b)
{
    return fabs(a - b) <= 1e-14 * fmax(fabs(a), fabs(b));
}

static void exact(void)
{
    volatile double two = 2.0, zero = 0.0;
    CHECK(sqrt(two) == 0x1.6a09e667f3bcdp+0 && cbrt(27.0) == 3.0 && hypot(3.0, 4.0) == 5.0);
    CHECK(floor(-2.5) == -3.0 && ceil(-2.5) == -2.0 && trunc(-2.5) == -2.0 && round(2.5) == 3.0 && rint(2.5) == 2.0 &&
          lround(-2.5) == -3);
    CHECK(fmod(7.5, 2.0) == 1.5 && remainder(7.5, 2.0) == -0.5 && fma(two, 3.0, 4.0) == 10.0 &&
          copysign(1.0, -zero) == -1.0);
    CHECK(ldexp(0.75, 4) == 12.0 && logb(8.0) == 3.0 && ilogb(0.125) == -3 && scalbn(1.0, 10) == 1024.0);
    int exponent;
    double whole;
    CHECK(frexp(12.0, &exponent) == 0.75 && exponent == 4 && modf(-3.25, &whole) == -0.25 && whole == -3.0);
    CHECK(isnan(zero / zero) && isinf(1.0 / zero) && signbit(-zero) && fpclassify(5e-324) == FP_SUBNORMAL &&
          nextafter(1.0, 2.0) == 1.0 + 0x1p-52);
    CHECK(pow(two, 10.0) == 1024.0 && exp2(3.0) == 8.0 && log2(8.0) == 3.0 && log10(1000.0) == 3.0 && exp(0.0) == 1.0 &&
          log(1.0) == 0.0);
}

static void relations(void)
{
    for (double x = 0.1; x < 20.0; x += 0.37) {
        CHECK(near(sin(x) * sin(x) + cos(x) * cos(x), 1.0));
        CHECK(near(log(exp(x)), x) && near(pow(x, 1.5), x * sqrt(x)));
        CHECK(near(tan(x), sin(x) / cos(x)) && near(tanh(x), sinh(x) / cosh(x)));
        CHECK(near(atan2(sin(1.0), cos(1.0)), 1.0) && fabs(asin(sin(x / 20.0)) - x / 20.0) < 1e-14);
        CHECK(near(tgamma(x + 1.0), x * tgamma(x)) || x > 15.0);
    }
    CHECK(near(erf(0.5), 0.5204998778130465) && near(j0(1.0), 0.7651976865579666) &&
          near(lgamma(10.0), 12.801827480081469));
    CHECK(sinf(0.5f) == 0.47942555f && powf(2.0f, 0.5f) == 1.41421354f && sqrtf(2.0f) == 1.41421354f);
    CHECK(sqrtl(2.0L) * sqrtl(2.0L) - 2.0L < 1e-15L && fabsl(expl(1.0L) - 2.718281828459045235360L) < 1e-15L &&
          strtold("0.5", NULL) == 0.5L);
    double complex z = 3.0 + 4.0 * I;
    CHECK(cabs(z) == 5.0 && creal(z * z) == -7.0 && cimag(z * z) == 24.0 && near(creal(csqrt(z)), 2.0));
    CHECK(near(creal(cexp(I * M_PI)), -1.0));
}

static void environment(void)
{
    volatile double one = 1.0, three = 3.0;
    CHECK(fegetround() == FE_TONEAREST);
    double nearest = one / three;
    CHECK(fesetround(FE_UPWARD) == 0);
    double above = one / three;
    CHECK(above > nearest && fesetround(FE_TONEAREST) == 0 && one / three == nearest);
    feclearexcept(FE_ALL_EXCEPT);
    volatile double infinite = one / (three - 3.0);
    CHECK(infinite > 0 && fetestexcept(FE_DIVBYZERO) != 0);
}

int main(void)
{
    exact();
    relations();
    environment();
    PRINTS("0.333333 0.8414709848", "%f %.10f", 1.0 / 3.0, sin(1.0));
    return done("maths");
}
