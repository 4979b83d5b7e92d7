/**
 * Writes the generated part of examples/: cluster.yaml (the nodes) and snapshot.yaml (what runs on them). The manifests
 * beside them are written by hand; log-agent.yaml is read for the copy of it that runs in the cluster.
 *
 *   node scripts/make-examples.mjs [FOLDER]    FOLDER: where to write, examples/ unless told
 *
 * Every run writes the same bytes: no clock, no randomness.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { load } from 'js-yaml'
import { kubectlList } from './examples/kubectl-yaml.mjs'
import { makeNodes } from './examples/nodes.mjs'
import { makeRunning } from './examples/running.mjs'

const examples = fileURLToPath(new URL('../examples', import.meta.url))
const folder = process.argv[2] ?? examples

const nodes = makeNodes()
const logAgentManifest = load(readFileSync(join(examples, 'log-agent.yaml'), 'utf8'))

writeFileSync(join(folder, 'cluster.yaml'), kubectlList(nodes))
writeFileSync(join(folder, 'snapshot.yaml'), kubectlList(makeRunning(logAgentManifest, nodes)))
