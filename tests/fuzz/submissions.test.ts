// SPDX-License-Identifier: Apache-2.0
import { fuzz } from './run.ts';
import { SUBMISSIONS } from './submissions.ts';

fuzz(SUBMISSIONS);
