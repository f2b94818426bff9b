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

/** What the reference page says before its endpoints; the server's own test holds it against what is answered. */
const description = `
**客户端 SDK**　[lianshu-sdk.js](/api/docs/sdk/lianshu-sdk.js) · [lianshu-sdk.d.ts](/api/docs/sdk/lianshu-sdk.d.ts)：TypeScript / JavaScript 客户端，单个文件，无依赖。

**认证**　在“管理 → 接口账号”建立接口账号，用 \`POST /access/token\`（OAuth 2.0 客户端凭据）换取一小时有效的令牌，以 \`Authorization: Bearer …\` 发送。

**分页**　列表用游标：\`limit\`（1–200，默认 50）定每页条数；回答中的 \`nextCursor\` 原样作为下一次的 \`cursor\`，为 \`null\` 即最后一页。游标只对同一排序有效。\`total\` 精确到 10,000，超过时 \`totalCapped\` 为 true。

**限流**　按令牌（或会话、地址）每分钟计数。每个回答带 \`x-ratelimit-limit\`、\`x-ratelimit-remaining\`、\`x-ratelimit-reset\`（秒）；超出时为 429，\`retry-after\` 给出应等待的秒数。503 也带 \`retry-after\`。

**幂等**　POST 可带 \`Idempotency-Key\`（24 小时内同一键、同一请求得到第一次的回答；用于另一请求为 422）。

**错误**　RFC 9457：\`code\` 供程序判断，\`detail\` 为 \`Accept-Language\` 的语言，\`fields\` 指出不合格的字段。

---

**SDK**: the two files above, one client without dependencies. **Sign in**: an API client's id and secret give a bearer token for one hour
(\`POST /access/token\`). **Pages**: \`limit\` (1–200, default 50); give \`nextCursor\` back as \`cursor\` until it is \`null\`; a cursor holds for its own
sort only; \`total\` is exact up to 10,000. **Rate limit**: counted by the minute for each token, session or address; every answer carries
\`x-ratelimit-limit\`, \`x-ratelimit-remaining\` and \`x-ratelimit-reset\` (seconds), a 429 also \`retry-after\` in seconds, as a 503 does.
**Idempotency**: \`Idempotency-Key\` on POST, kept 24 hours. **Errors**: RFC 9457 with \`code\`, \`detail\` in the language of \`Accept-Language\`, \`fields\`.
`

const header = (text: string) => ({ description: text, schema: { type: 'integer' } })
const limitHeaders = {
  'x-ratelimit-limit': header('Requests allowed within a minute.'),
  'x-ratelimit-remaining': header('Requests left of them.'),
  'x-ratelimit-reset': header('Seconds until the count begins anew.'),
  'retry-after': header('Seconds to wait before the next request.'),
}
const tooMany = {
  description: `\`${requestErrors.tooMany.code}\`: ${requestErrors.tooMany.message}`,
  headers: Object.fromEntries(Object.keys(limitHeaders).map((name) => [name, { $ref: `#/components/headers/${name}` }])),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
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
    info: { title: '链枢 Lianshu API', version, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/api' }],
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Problem: problem },
      headers: limitHeaders,
      responses: { TooMany: tooMany },
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
      ...(e.method === 'POST' && !e.secret && !e.question && e.takes !== 'bytes' && e.answer !== 'xlsx' && e.answer !== 'pdf'
        ? [idempotencyKey]
        : []),
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
      '429': { $ref: '#/components/responses/TooMany' },
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
  const body = jsonSchema(e.body, 'input')
  // Bytes with a shape of their own: JSON that the endpoint reads itself, once it knows the caller.
  if (e.takes === 'bytes' && !body) return { requestBody: { required: true, content: { 'application/octet-stream': { schema: file } } } }
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
    case 'pdf':
      return { 'application/pdf': { schema: file } }
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
