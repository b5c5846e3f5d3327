// SPDX-License-Identifier: Apache-2.0
import { FIRST_PLACES, tryAnswers } from './answers.ts';

tryAnswers(FIRST_PLACES);
