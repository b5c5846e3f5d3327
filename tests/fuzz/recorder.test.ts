// SPDX-License-Identifier: Apache-2.0
import { RECORDER } from './recorder.ts';
import { fuzz } from './run.ts';

fuzz(RECORDER);
