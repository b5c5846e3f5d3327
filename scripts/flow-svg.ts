// SPDX-License-Identifier: Apache-2.0
/**
 * Writes doc/source/flow.svg, the flow of a release, from the description below: `node scripts/flow-svg.ts`.
 * tests/flow.test.ts fails where the file is another, and holds the steps in it against the tutorial's playbook.
 */
import fs from 'node:fs';
import path from 'node:path';
import { drawFlow, type Flow } from './flow-drawing.ts';

const FILE = path.resolve(import.meta.dirname, '../doc/source/flow.svg');

export const FLOW: Flow = {
  title: 'The flow of a release',
  description:
    'A pushed tag starts a Zuul job. The code of the project is built without any secret. Then the playbook of the site ' +
    'signs the artifacts, writes and signs the manifest, and verifies all of it: the gate. Only what has passed the gate ' +
    'is uploaded, logged, and accompanied by the proof that the log has it. Whoever downloads checks it with gpg and ' +
    'sha256sum.',
  start: { name: 'A tag is pushed', says: 'by those who may; Zuul starts the job' },
  zones: [
    {
      title: 'What the project has written runs here',
      steps: [
        {
          name: 'Build',
          says: ['in a playbook of its own: no secret is in reach'],
          leaves: ['hello-1.0.tar.gz'],
        },
      ],
    },
    {
      title: 'What the site has written: one play, on the executor',
      steps: [
        {
          name: 'sign-artifacts',
          isRole: true,
          holds: 'signing key',
          says: ['a signature beside each artifact'],
          leaves: ['hello-1.0.tar.gz.asc'],
        },
        {
          name: 'publish-sha256sums',
          isRole: true,
          holds: 'signing key',
          says: ['lists artifacts and signatures, signs the list'],
          leaves: ['hello-1.0.SHA256SUMS', 'hello-1.0.SHA256SUMS.asc'],
        },
        {
          name: 'verify-artifacts',
          isRole: true,
          isGate: true,
          says: [
            'The gate. A file that is altered, missing or extra,',
            'a key that is not trusted: nothing is uploaded.',
          ],
        },
        {
          name: 'publish-artifacts',
          isRole: true,
          says: ['the upload, or the one that your site has:', 'it adds, and changes nothing that is published'],
          serves: {
            where: 'tarballs/hello/',
            files: ['hello-1.0.tar.gz', 'hello-1.0.tar.gz.asc', 'hello-1.0.SHA256SUMS', 'hello-1.0.SHA256SUMS.asc'],
          },
        },
        {
          name: 'submit-transparency',
          isRole: true,
          holds: 'log key',
          says: ['one entry for this release, and its proof'],
          leaves: ['hello-1.0.SHA256SUMS.tlog-proof'],
          serves: { where: 'log/', files: ['checkpoint', 'tile/…'] },
        },
        {
          name: 'publish-artifacts',
          isRole: true,
          says: ['the upload once more: it adds the proof'],
          serves: { where: 'tarballs/hello/', files: ['hello-1.0.SHA256SUMS.tlog-proof'] },
        },
      ],
    },
  ],
  before: ['Up to here,', 'nothing is public.'],
  served: 'What everybody can fetch',
  end: {
    name: 'Whoever downloads',
    says: [
      'checks signatures and digests with gpg and sha256sum, without any of this;',
      'artifact-signing verify checks the log as well',
    ],
  },
};

export const flowSvg = (): string => drawFlow(FLOW);

if (process.argv[1] === import.meta.filename) fs.writeFileSync(FILE, flowSvg());
