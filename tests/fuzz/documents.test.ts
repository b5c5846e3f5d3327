// SPDX-License-Identifier: Apache-2.0
import { DOCUMENTS } from './documents.ts';
import { fuzz } from './run.ts';

fuzz(DOCUMENTS);
