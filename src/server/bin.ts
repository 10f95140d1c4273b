#!/usr/bin/env node
import { main } from './main.ts';

// The command `collections-gateway` of the installed package, which is built already.
const [command, ...args] = process.argv.slice(2);
await main(command, args, process.ppid);
