// SPDX-License-Identifier: Apache-2.0
import { fuzz } from './run.ts';
import { VALUES } from './values.ts';

fuzz(VALUES);
