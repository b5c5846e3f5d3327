// SPDX-License-Identifier: Apache-2.0
import { REKOR } from './rekor.ts';
import { fuzz } from './run.ts';

fuzz(REKOR);
