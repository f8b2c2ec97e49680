/* SPDX-License-Identifier: Apache-2.0 */
/* Constant expressions: exact in 128 bits, so that only what does not fit its constant is refused. */
#include <tools/nk/check.h>

const char *check_digits(struct program *program, __int128 value)
{
    char digits[48];
    size_t at = sizeof(digits);
    bool negative = value < 0;
    unsigned __int128 rest = negative ? -(unsigned __int128)value : (unsigned __int128)value;
    do {
        digits[--at] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    } while (rest != 0);
    if (negative)
        digits[--at] = '-';
    return pool_copy(program->pool, digits + at, sizeof(digits) - at);
}

static bool power(__int128 base, __int128 exponent, __int128 *value)
{
    *value = 1;
    if (base == 0 || base == 1)
        *value = exponent == 0 ? 1 : base;
    else if (base == -1)
        *value = exponent % 2 == 0 ? 1 : -1;
    else
        for (; exponent > 0; exponent--)
            if (__builtin_mul_overflow(*value, base, value))
                return false;
    return true;
}

/* Null, or why not. */
static const char *apply(enum operation operation, __int128 left, __int128 right, __int128 *value)
{
    static const char overflow[] = "the value does not fit 128 bits";
    switch (operation) {
    case OPERATION_ADD:
        return __builtin_add_overflow(left, right, value) ? overflow : nullptr;
    case OPERATION_SUBTRACT:
        return __builtin_sub_overflow(left, right, value) ? overflow : nullptr;
    case OPERATION_MULTIPLY:
        return __builtin_mul_overflow(left, right, value) ? overflow : nullptr;
    case OPERATION_DIVIDE:
    case OPERATION_REMAINDER:
        if (right == 0)
            return "division by zero";
        if (right == -1) /* the least number has no opposite */
            return operation == OPERATION_DIVIDE ? apply(OPERATION_SUBTRACT, 0, left, value) : (*value = 0, nullptr);
        *value = operation == OPERATION_DIVIDE ? left / right : left % right;
        return nullptr;
    case OPERATION_POWER:
        if (right < 0)
            return "a negative exponent";
        return power(left, right, value) ? nullptr : overflow;
    case OPERATION_SHIFT_LEFT:
    case OPERATION_SHIFT_RIGHT:
        if (right < 0 || right > 63)
            return "a shift by less than 0 or more than 63";
        if (operation == OPERATION_SHIFT_RIGHT)
            *value = left >> right;
        else if (__builtin_mul_overflow(left, (__int128)1 << right, value))
            return overflow;
        return nullptr;
    case OPERATION_AND:
        *value = left & right;
        return nullptr;
    case OPERATION_OR:
        *value = left | right;
        return nullptr;
    case OPERATION_XOR:
        *value = left ^ right;
        return nullptr;
    default:
        return "not an operation";
    }
}

/* What ~ gives: in the width of the constant; the sign bit counts only if it is signed. */
static __int128 complement(__int128 value, unsigned width, bool is_signed)
{
    return is_signed ? ~value : ~value & (((__int128)1 << width) - 1);
}

bool check_evaluate(struct program *program, struct unit *unit, const struct declaration *before,
                    const struct expression *expression, unsigned width, bool is_signed, __int128 *value)
{
    __int128 left = 0, right = 0;
    const char *why;
    *value = 0;
    if (expression->left != nullptr &&
        !check_evaluate(program, unit, before, expression->left, width, is_signed, &left))
        return false;
    if (expression->right != nullptr &&
        !check_evaluate(program, unit, before, expression->right, width, is_signed, &right))
        return false;
    switch (expression->operation) {
    case OPERATION_LITERAL:
        *value = expression->literal;
        return true;
    case OPERATION_NAME: {
        const struct declaration *declaration = check_resolve(program, unit, before, expression->name, "constant");
        if (declaration == nullptr || declaration->broken)
            return false;
        if (declaration->kind != DECLARATION_CONST) {
            diagnostic_error(program->diagnostics, expression->at, "'%s' is a type; expected a constant",
                             expression->name.text);
            diagnostic_note(program->diagnostics, declaration->name.at, "it is declared here");
            return false;
        }
        *value = declaration->value;
        return true;
    }
    case OPERATION_NEGATE:
        why = apply(OPERATION_SUBTRACT, 0, left, value);
        break;
    case OPERATION_COMPLEMENT:
        *value = complement(left, width, is_signed);
        return true;
    default:
        why = apply(expression->operation, left, right, value);
        break;
    }
    if (why != nullptr)
        diagnostic_error(program->diagnostics, expression->at, "this constant expression has no value: %s", why);
    return why == nullptr;
}
