import { z } from 'zod'
import type { Endpoint } from '#values/endpoint.ts'
import { requestErrors } from '#values/errors.ts'
import type { ServerModule } from './module.ts'

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'traceId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'The name of the failure, as in the table of the endpoint.' },
    detail: { type: 'string', description: 'In the language of Accept-Language.' },
    traceId: { type: 'string' },
    fields: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
  },
}

/** OpenAPI 3.1 of everything the pages do, made from the same contracts that route it. */
export function openApi(modules: readonly ServerModule[], version: string): object {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const module of modules) {
    for (const [name, e] of Object.entries(module.api)) {
      const path = e.path.replace(/:(\w+)/g, '{$1}')
      paths[path] = { ...paths[path], [e.method.toLowerCase()]: operation(module.name, name, e) }
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: '链枢 Lianshu API', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/api' }],
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Problem: problem },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token of POST /access/token (OAuth 2.0 client credentials).' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'lianshu_session',
          description: 'The pages’ session; changing requests send x-csrf-token too.',
        },
      },
    },
  }
}

function operation(module: string, name: string, e: Endpoint): object {
  const errors = new Map<number, string[]>()
  const common =
    e.permission === 'public' ? [requestErrors.invalid] : [requestErrors.invalid, requestErrors.notSignedIn, requestErrors.notAllowed]
  for (const error of [...common, ...e.errors])
    errors.set(error.status, [...(errors.get(error.status) ?? []), `\`${error.code}\`: ${error.message}`])
  return {
    operationId: `${module}.${name}`,
    tags: [module],
    summary: e.summary,
    description: `Permission: \`${e.permission}\``,
    parameters: [
      ...parameters('path', e.params),
      ...parameters('query', e.query),
      ...(e.method === 'POST' && !e.secret && !e.question && e.takes !== 'bytes' && e.answer !== 'xlsx' ? [idempotencyKey] : []),
    ],
    ...requestBody(e),
    ...(e.permission === 'public' ? { security: [] } : {}),
    responses: {
      [e.status ?? 200]: {
        description: 'Done.',
        content: answerContent(e),
      },
      ...Object.fromEntries(
        [...errors].map(([status, texts]) => [
          status,
          {
            description: texts.join('\n\n'),
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  }
}

const idempotencyKey = {
  in: 'header',
  name: 'Idempotency-Key',
  schema: { type: 'string', maxLength: 200 },
  description: 'Kept 24 h: the same request again gets the first answer.',
}

interface ObjectSchema {
  properties?: Record<string, object>
  required?: string[]
}

function requestBody(e: Endpoint): object {
  if (e.takes === 'bytes') return { requestBody: { required: true, content: { 'application/octet-stream': { schema: file } } } }
  const body = jsonSchema(e.body, 'input')
  if (!body || e.method === 'GET' || e.method === 'DELETE') return {}
  return { requestBody: { required: true, content: { 'application/json': { schema: body } } } }
}

const file = { type: 'string', format: 'binary' }

function answerContent(e: Endpoint): object {
  switch (e.answer) {
    case 'csv':
      return { 'text/csv': { schema: { type: 'string' } } }
    case 'xlsx':
      return { 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { schema: file } }
    case 'file':
      return { 'application/octet-stream': { schema: file } }
    case 'sse':
      return { 'text/event-stream': { schema: jsonSchema(e.response, 'output') } }
    default:
      return { 'application/json': { schema: jsonSchema(e.response, 'output') } }
  }
}

function parameters(where: 'path' | 'query', schema: z.ZodType): object[] {
  const { properties = {}, required = [] } = (jsonSchema(schema, 'input') ?? {}) as ObjectSchema
  return Object.entries(properties).map(([name, value]) => ({
    in: where,
    name,
    required: where === 'path' || required.includes(name),
    schema: value,
  }))
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): object | undefined {
  if (schema.def.type === 'undefined') return undefined
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' })
  return rest
}
