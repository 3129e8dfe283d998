import { expect, test } from "vitest";
import {
  changeText,
  countOf,
  durationText,
  moneyText,
  percentText,
  priceText,
  timeText,
} from "../../lib/report/figures.ts";

test.each([
  [moneyText(-1234567.891), "−1,234,567.89"],
  [moneyText(null), "–"],
  [percentText(0.0123), "1.23%"],
  [percentText(-0.000001), "0.00%"],
  [changeText(0.5), "+50.00%"],
  [changeText(-0.5), "−50.00%"],
  [priceText(1458.469971), "1,458.47"],
  [priceText(1360.400024), "1,360.40"],
  [priceText(0.00001234), "0.00001234"],
  [timeText(Date.UTC(2020, 3, 17)), "2020-04-17"],
  [timeText(Date.UTC(2020, 3, 17, 9, 30)), "2020-04-17 09:30"],
  [timeText(Date.UTC(2020, 3, 17, 9, 30, 5)), "2020-04-17 09:30:05"],
  [durationText(850), "850 ms"],
  [durationText(1_500), "1.50 s"],
  [durationText(3_600_000 * 3 + 60_000 * 12), "3 h 12 min"],
  [countOf(1, "bar"), "1 bar"],
  [countOf(5105, "bar"), "5,105 bars"],
])("%s is written as %s", (written, expected) => {
  expect(written).toBe(expected);
});
