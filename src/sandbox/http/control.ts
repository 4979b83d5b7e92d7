import type { IncomingMessage, ServerResponse } from 'node:http'
import { isObject } from '#base/json.ts'
import type { Json } from '#kube/types.ts'
import { resourceTypes } from '../api/resources.ts'
import { badRequest, methodNotAllowed } from '../api/status-errors.ts'
import type { Faults } from '../faults/faults.ts'
import { parseFaults } from '../faults/parse-faults.ts'
import { sendJson } from './answer.ts'
import { parseJson, readBody } from './body.ts'
import type { Serving } from './exchange.ts'

/** Where faults are switched on and off; no path of a real server. */
export const controlPath = '/kds-sandbox/faults'

const plurals = resourceTypes.map(({ plural }) => plural)

/**
 * GET lists the faults and how often each was met; PUT `{"faults": [{"kind": "latency", "milliseconds": 50}]}` replaces
 * them; DELETE ends them; POST `{"action": "cut-watches"|"compact"}` does something once.
 */
export async function handleControl(
  serving: Serving,
  faults: Faults,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = request.method === 'PUT' || request.method === 'POST' ? parseJson(await readBody(request)) : {}
  switch (request.method) {
    case 'GET':
      break
    case 'DELETE':
      faults.set([])
      break
    case 'PUT':
      faults.set(parseFaults(body, plurals))
      break
    case 'POST':
      act(serving, isObject(body) ? body.action : undefined)
      break
    default:
      throw methodNotAllowed()
  }
  sendJson(response, 200, { faults: faults.list() })
}

function act(serving: Serving, action: Json | undefined): void {
  if (action === 'cut-watches') serving.hub.endAll()
  else if (action === 'compact') serving.registry.store.compact()
  else throw badRequest('action: cut-watches or compact')
}
