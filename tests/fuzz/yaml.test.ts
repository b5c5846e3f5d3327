// SPDX-License-Identifier: Apache-2.0

import { fuzz } from './run.ts';
import { YAML } from './yaml.ts';

fuzz(YAML);
