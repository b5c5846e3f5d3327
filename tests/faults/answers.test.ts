// SPDX-License-Identifier: Apache-2.0
import { LATER_PLACES, tryAnswers } from '../misbehaviour/answers.ts';

tryAnswers(LATER_PLACES);
