import { isMainThread } from "node:worker_threads";

/** Loaded before everything else in each thread (`--import`): a worker ends so many milliseconds after its start, at random, and half of them never do. */
const mostMs = 1_500;
if (!isMainThread && Math.random() < 0.5) setTimeout(() => process.exit(9), Math.random() * mostMs).unref();
