// SPDX-License-Identifier: Apache-2.0
import { OPENPGP } from './openpgp.ts';
import { fuzz } from './run.ts';

fuzz(OPENPGP);
