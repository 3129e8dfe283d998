import { commissionOf } from "./costs.ts";
import { add, type Fixed, floorToStep, multiply, times } from "./money.ts";
import type { Commission, QuantityLimits, Sizing } from "./settings.ts";

export type Funds = { readonly available: Fixed; readonly equity: Fixed };

/** The units that `sizing` gives at `price`, rounded down to the lot; 0 when the budget does not reach one lot. */
export function sizedQuantity(
  sizing: Sizing,
  price: number,
  funds: Funds,
  commission: Commission,
  limits: QuantityLimits,
): Fixed {
  switch (sizing.kind) {
    case "units":
      return floorToStep(sizing.units, limits.lot);
    case "notional":
      return affordable(sizing.notional, price, freeOfCharge, limits.lot);
    case "fraction": {
      const base = sizing.of === "cash" ? funds.available : funds.equity;
      return affordable(multiply(base, sizing.fraction), price, commission, limits.lot);
    }
  }
}

const freeOfCharge: Commission = { rate: 0, perUnit: 0, fixed: 0, minimum: 0, maximum: null };

/**
 * The largest multiple of the lot whose value and commission fit the budget: an estimate in float64, confirmed in fixed point, or else a
 * binary search (value and commission grow with the quantity).
 */
function affordable(budget: Fixed, price: number, commission: Commission, lot: Fixed): Fixed {
  if (budget <= 0) return 0;
  const fits = (lots: number): boolean => {
    const quantity = times(lot, lots);
    const value = multiply(quantity, price);
    return add(value, commissionOf(commission, value, quantity)) <= budget;
  };
  const perLot = (price * (1 + commission.rate) + commission.perUnit) * Number(lot);
  const estimate = Math.max(0, Math.floor((Number(budget) - Number(commission.fixed)) / perLot));
  if (fits(estimate) && !fits(estimate + 1)) return times(lot, estimate);

  let payable = 0;
  let tooMany = Math.floor(Number(budget) / (price * Number(lot))) + 2;
  // Beyond 2⁵³ lots not every count is a float64: the search ends where there is none between, after some 80 steps at most.
  for (;;) {
    const middle = Math.floor((payable + tooMany) / 2);
    if (middle <= payable || middle >= tooMany) break;
    if (fits(middle)) payable = middle;
    else tooMany = middle;
  }
  return times(lot, payable);
}
