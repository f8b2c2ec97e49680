/* SPDX-License-Identifier: Apache-2.0 */
/* Operators. Constants are folded: what remains of an operation on literals is a literal. */
#include <string.h>
#include <tools/nk-psl-gen-c/check.h>

static const char *const signs[PSL_OPERATIONS] = {
    [PSL_NOT] = "!",      [PSL_COMPLEMENT] = "~",  [PSL_NEGATE] = "-",  [PSL_IMPLIES] = "==>",
    [PSL_OR] = "||",      [PSL_AND] = "&&",        [PSL_EQUAL] = "==",  [PSL_NOT_EQUAL] = "!=",
    [PSL_LESS] = "<",     [PSL_LESS_EQUAL] = "<=", [PSL_GREATER] = ">", [PSL_GREATER_EQUAL] = ">=",
    [PSL_ADD] = "+",      [PSL_SUBTRACT] = "-",    [PSL_BIT_OR] = "|",  [PSL_BIT_AND] = "&",
    [PSL_MULTIPLY] = "*",
};

static bool is_constant(const struct psl_expression *e)
{
    return e->operation == PSL_INTEGER || e->operation == PSL_BOOLEAN || e->operation == PSL_TEXT ||
           e->operation == PSL_UNIT;
}

static const struct psl_type *fold_boolean(struct psl_expression *e, bool value)
{
    e->operation = PSL_BOOLEAN;
    e->number = value;
    e->left = e->right = nullptr;
    return &psl_boolean;
}

static const struct psl_type *fold_number(struct psl_check *check, struct psl_expression *e, __int128 value)
{
    if (value < -((__int128)1 << 63) || value >= (__int128)1 << 64)
        return psl_type_error(check, e->at, "%s does not fit 64 bits", psl_digits(check->policy->pool, value));
    e->operation = PSL_INTEGER;
    e->number = value;
    e->left = e->right = nullptr;
    return psl_number_type(check->policy->pool, value);
}

static const struct psl_type *report_operand(struct psl_check *check, const struct psl_expression *e,
                                             const struct psl_expression *operand, const char *wanted)
{
    return psl_type_error(check, operand->at, "'%s' takes %s, not %s", signs[e->operation], wanted,
                          psl_value_words(check->policy->pool, operand->type));
}

static const struct psl_type *check_logic(struct psl_check *check, struct psl_expression *e)
{
    struct psl_expression *left = e->left, *right = e->right;
    if (left->type->kind != PSL_BOOLEAN_TYPE)
        return report_operand(check, e, left, "Booleans");
    if (right->type->kind != PSL_BOOLEAN_TYPE)
        return report_operand(check, e, right, "Booleans");
    if (left->operation != PSL_BOOLEAN)
        return &psl_boolean;
    /* The left side decides, or the right side is all that is left. */
    bool value = left->number != 0;
    bool decided = e->operation == PSL_OR ? value : !value;
    if (decided)
        return fold_boolean(e, e->operation != PSL_AND);
    return right->operation == PSL_BOOLEAN ? fold_boolean(e, right->number != 0) : &psl_boolean;
}

static bool is_text(const struct psl_type *type)
{
    return psl_fits(&psl_text, type) && type->kind != PSL_BROKEN_TYPE;
}

static bool comparable(const struct psl_type *a, const struct psl_type *b)
{
    if (psl_is_integer(a) || psl_is_integer(b))
        return psl_is_integer(a) && psl_is_integer(b);
    if (is_text(a) || is_text(b))
        return is_text(a) && is_text(b);
    return a->kind == b->kind && (a->kind == PSL_BOOLEAN_TYPE || a->kind == PSL_UNIT_TYPE);
}

static bool constants_equal(const struct psl_expression *a, const struct psl_expression *b)
{
    if (a->operation == PSL_TEXT)
        return strcmp(a->text, b->text) == 0;
    return a->operation == PSL_UNIT || a->number == b->number;
}

/* A comparison of integers whose ranges decide it. */
static void warn_decided(struct psl_check *check, const struct psl_expression *e)
{
    const struct psl_type *a = e->left->type, *b = e->right->type;
    if (!psl_is_integer(a) || !psl_is_integer(b))
        return;
    bool below = psl_greatest(a)<psl_least(b), above = psl_least(a)> psl_greatest(b);
    bool at_most = psl_greatest(a) <= psl_least(b), at_least = psl_least(a) >= psl_greatest(b);
    int known = -1;
    switch (e->operation) {
    case PSL_EQUAL:
        known = below || above ? 0 : -1;
        break;
    case PSL_NOT_EQUAL:
        known = below || above ? 1 : -1;
        break;
    case PSL_LESS:
        known = below ? 1 : at_least ? 0 : -1;
        break;
    case PSL_LESS_EQUAL:
        known = at_most ? 1 : above ? 0 : -1;
        break;
    case PSL_GREATER:
        known = above ? 1 : at_most ? 0 : -1;
        break;
    default:
        known = at_least ? 1 : below ? 0 : -1;
        break;
    }
    if (known >= 0)
        diagnostic_warning(check->policy->diagnostics, e->at, "always %s: %s against %s", known ? "true" : "false",
                           psl_type_words(check->policy->pool, a), psl_type_words(check->policy->pool, b));
}

static const struct psl_type *check_equality(struct psl_check *check, struct psl_expression *e)
{
    struct psl_expression *left = e->left, *right = e->right;
    if (!comparable(left->type, right->type))
        return psl_type_error(check, e->at, "'%s' cannot compare %s with %s", signs[e->operation],
                              psl_type_words(check->policy->pool, left->type),
                              psl_type_words(check->policy->pool, right->type));
    if (left->type->kind == PSL_UNIT_TYPE)
        return fold_boolean(e, e->operation == PSL_EQUAL);
    if (is_constant(left) && is_constant(right))
        return fold_boolean(e, constants_equal(left, right) == (e->operation == PSL_EQUAL));
    if (is_text(left->type) && !psl_fits(left->type, right->type) && !psl_fits(right->type, left->type))
        diagnostic_warning(check->policy->diagnostics, e->at, "these texts are never equal");
    warn_decided(check, e);
    return &psl_boolean;
}

static const struct psl_type *check_order(struct psl_check *check, struct psl_expression *e)
{
    struct psl_expression *left = e->left, *right = e->right;
    if (!psl_is_integer(left->type))
        return report_operand(check, e, left, "numbers");
    if (!psl_is_integer(right->type))
        return report_operand(check, e, right, "numbers");
    if (left->operation == PSL_INTEGER && right->operation == PSL_INTEGER) {
        bool less = left->number < right->number, equal = left->number == right->number;
        bool value = e->operation == PSL_LESS         ? less
                     : e->operation == PSL_LESS_EQUAL ? less || equal
                     : e->operation == PSL_GREATER    ? !less && !equal
                                                      : !less;
        return fold_boolean(e, value);
    }
    warn_decided(check, e);
    return &psl_boolean;
}

/* ~1 beside an unsigned value of some width: the complement in that width. */
static void adapt_complement(struct psl_check *check, struct psl_expression *literal, const struct psl_type *other)
{
    if (!literal->complemented || other->kind != PSL_INTEGER_TYPE || other->is_signed || literal->number >= 0 ||
        literal->number < -((__int128)1 << other->bits))
        return;
    literal->number += (__int128)1 << other->bits;
    literal->type = psl_number_type(check->policy->pool, literal->number);
}

static const struct psl_type *check_arithmetic(struct psl_check *check, struct psl_expression *e)
{
    struct psl_expression *left = e->left, *right = e->right;
    if (!psl_is_integer(left->type))
        return report_operand(check, e, left, "numbers");
    if (!psl_is_integer(right->type))
        return report_operand(check, e, right, "numbers");
    if (e->operation == PSL_BIT_AND || e->operation == PSL_BIT_OR) {
        adapt_complement(check, left, right->type);
        adapt_complement(check, right, left->type);
    }
    if (left->operation == PSL_INTEGER && right->operation == PSL_INTEGER) {
        __int128 a = left->number, b = right->number, value = 0;
        if (e->operation == PSL_MULTIPLY && __builtin_mul_overflow(a, b, &value))
            return psl_type_error(check, e->at, "the product does not fit 64 bits");
        value = e->operation == PSL_ADD        ? a + b
                : e->operation == PSL_SUBTRACT ? a - b
                : e->operation == PSL_BIT_OR   ? a | b
                : e->operation == PSL_BIT_AND  ? a & b
                                               : value;
        e->complemented = left->complemented || right->complemented;
        return fold_number(check, e, value);
    }
    return psl_common_integer(left->type, right->type);
}

static const struct psl_type *check_unary(struct psl_check *check, struct psl_expression *e)
{
    struct psl_expression *right = e->right;
    if (e->operation == PSL_NOT) {
        if (right->type->kind != PSL_BOOLEAN_TYPE)
            return report_operand(check, e, right, "a Boolean");
        return right->operation == PSL_BOOLEAN ? fold_boolean(e, right->number == 0) : &psl_boolean;
    }
    if (!psl_is_integer(right->type))
        return report_operand(check, e, right, "a number");
    if (right->operation == PSL_INTEGER) {
        e->complemented = e->operation == PSL_COMPLEMENT;
        return fold_number(check, e, e->operation == PSL_NEGATE ? -right->number : ~right->number);
    }
    if (e->operation == PSL_COMPLEMENT && right->type->kind == PSL_NUMBER_TYPE) /* of no width, as a literal */
        return psl_fits(&psl_sint64, right->type) ? &psl_sint64 : &psl_uint64;
    if (e->operation == PSL_NEGATE && !right->type->is_signed)
        return psl_common_integer(right->type, &psl_sint8);
    return right->type;
}

const struct psl_type *psl_check_operation(struct psl_check *check, struct psl_expression *e)
{
    const struct psl_type *right = psl_check_expression(check, e->right);
    const struct psl_type *left = e->left != nullptr ? psl_check_expression(check, e->left) : right;
    if (left->kind == PSL_BROKEN_TYPE || right->kind == PSL_BROKEN_TYPE)
        return &psl_broken;
    switch (e->operation) {
    case PSL_NOT:
    case PSL_COMPLEMENT:
    case PSL_NEGATE:
        return check_unary(check, e);
    case PSL_IMPLIES:
    case PSL_OR:
    case PSL_AND:
        return check_logic(check, e);
    case PSL_EQUAL:
    case PSL_NOT_EQUAL:
        return check_equality(check, e);
    case PSL_LESS:
    case PSL_LESS_EQUAL:
    case PSL_GREATER:
    case PSL_GREATER_EQUAL:
        return check_order(check, e);
    default:
        return check_arithmetic(check, e);
    }
}
