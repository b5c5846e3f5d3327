// SPDX-License-Identifier: Apache-2.0
import { fuzz } from './run.ts';
import { SIGSUM } from './sigsum.ts';

fuzz(SIGSUM);
