/** Numbers that say what they count, at no cost: the types exist for the compiler alone. */

declare const counts: unique symbol

/** A number of a kind: plain numbers may become one, but a number of another kind never does. */
export type Flavoured<F extends string> = number & { readonly [counts]?: F }
/** A number of a kind that only a cast makes, where a plain number is a mistake: see `toMoney`. */
export type Branded<F extends string> = number & { readonly [counts]: F }
