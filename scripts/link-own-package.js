// Lets the examples import "backstitch" from the sources of this repository: node --import ./scripts/link-own-package.js FILE
import { linkOwnPackage } from "../lib/strategies/own-package.ts";

linkOwnPackage();
