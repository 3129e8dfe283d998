import { chartLibrary } from "./chart-library.ts";

/**
 * TradingView's Lightweight Charts (Apache-2.0) as one script, its licence header included. The licence asks for the notice and the link that
 * `chartNotice` and the logo on the chart give.
 */
export function chartScript(): string {
  return chartLibrary().replaceAll("</script", "<\\/script");
}

/** The attribution that the library's NOTICE file asks for. */
export const chartNotice = {
  text: "TradingView Lightweight Charts™, Copyright (c) 2026 TradingView, Inc.",
  url: "https://www.tradingview.com/",
} as const;
