// SPDX-License-Identifier: Apache-2.0
import { fuzz } from './run.ts';
import { WITNESSES } from './witnesses.ts';

fuzz(WITNESSES);
