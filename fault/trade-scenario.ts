import { statementApi } from '#modules/trade/finance/statement-contract.ts'
import { chinaDay } from '#values/instant.ts'
import { type ApiClient, logInAgain } from '../tests/api-client.ts'
import { type Field, openField } from '../tests/field.ts'
import type { Report, ScenarioOptions } from './report.ts'
import { type Acts, AnswerLost, newActs, type Patient, patient } from './resending.ts'
import { checkTrade } from './trade-checks.ts'
import { type Acknowledged, nothingYet, runDeal } from './trade-deal.ts'
import { type Interruption, startTradeKills, type TradeKills } from './trade-kills.ts'
import { prepareTrade, type TradePartners } from './trade-partners.ts'

const CLIENTS = { short: 6, full: 8 }
const SUPPLIERS = 3
const DEALS_A_STATEMENT = 4
const DAY_MS = 86_400_000

/**
 * Orders from draft to payment by many clients at once, while server and PostgreSQL are killed and the connections between them cut at every
 * step. Whoever gets no answer sends the same again. Afterwards: nothing half posted, nothing twice, all that was acknowledged there.
 */
export async function tradeScenario(report: Report, { short, seconds }: ScenarioOptions): Promise<void> {
  const field = await openField()
  try {
    const partners = await prepareTrade(field, SUPPLIERS)
    const [acts, told] = [newActs(), nothingYet()]
    const kills = startTradeKills(field.platform)
    const desks = await seat(field, partners, short ? CLIENTS.short : CLIENTS.full, patientOf(acts, kills))
    const next = { deal: 0 }
    const failed: string[] = []
    const untilMs = performance.now() + seconds * 1_000
    const crews = desks.map((desk, i) => work(partners, desk, { signs: i < SUPPLIERS, untilMs, next, told, failed }))
    await Promise.all(crews)
    await kills.stop()
    // When nobody kills any more, what is left is signed with each supplier.
    for (const { buyer, seller, supplierId } of desks.slice(0, SUPPLIERS)) await sign(buyer, seller, supplierId, told)
    printActs(acts, kills.done)
    report.check(`no deal of ${next.deal} came to a stop`, failed.length === 0 && next.deal > 0, failed.slice(0, 5))
    report.check('no answer told of a fault of our own', acts.ownFaults.length === 0, acts.ownFaults.slice(0, 5))
    checkKills(report, kills.done, acts, short)
    const postgres = await field.postgres()
    await checkTrade(report, field, postgres, told)
  } finally {
    await field.stop()
  }
}

/** Two people at their desks: one of the buyer, one of a supplier. */
interface Desk {
  buyer: Patient
  seller: Patient
  supplierId: TradePartners['buyer']
}

const patientOf = (acts: Acts, kills: TradeKills) => (client: ApiClient) => patient(client, acts, kills.aim)

async function seat(field: Field, { suppliers }: TradePartners, count: number, as: (client: ApiClient) => Patient): Promise<Desk[]> {
  const desks: Desk[] = []
  // One after the other, before anything is killed: many log-ins of one account at once look like guessing.
  for (let i = 0; i < count; i++) {
    const supplier = suppliers[i % suppliers.length]
    if (!supplier) continue
    const { address } = field.platform
    const [buyer, seller] = [await field.anotherSession(), await logInAgain(address, supplier.code)]
    desks.push({ buyer: as(buyer), seller: as(seller), supplierId: supplier.orgId })
  }
  return desks
}

interface Work {
  /** One desk per supplier signs statements, so that none is proposed twice at once. */
  signs: boolean
  untilMs: number
  next: { deal: number }
  told: Acknowledged
  failed: string[]
}

async function work(
  partners: TradePartners,
  { buyer, seller, supplierId }: Desk,
  { signs, untilMs, next, told, failed }: Work,
): Promise<void> {
  const { buyer: buyerId, materials, warehouseId } = partners
  for (let own = 1; performance.now() < untilMs; own++) {
    const n = next.deal++
    try {
      await runDeal({ n, buyer, supplier: seller, buyerId, supplierId, materials, warehouseId, acknowledged: told })
      if (signs && own % DEALS_A_STATEMENT === 0) await sign(buyer, seller, supplierId, told)
    } catch (error) {
      failed.push(`deal ${n}: ${(error as Error).stack}`)
    }
  }
}

/** A statement of all that is there: proposed by the buyer, each line ticked, signed by the supplier. */
async function sign(buyer: Patient, supplier: Patient, supplierId: TradePartners['buyer'], told: Acknowledged): Promise<void> {
  const of = { side: 'buyer' as const, partnerId: supplierId }
  // The next one ends a day later than the last one that was signed.
  const signed = await buyer.act('statements read', statementApi.statements, { query: { ...of, state: 'signed' } })
  const untilDay = chinaDay(new Date(Date.now() + signed.items.length * DAY_MS))
  const proposed = await lost(() =>
    buyer.act('statement proposed', statementApi.proposeStatement, {
      body: { ...of, untilDay, currency: 'CNY' },
    }),
  )
  const id =
    proposed?.id ?? (await buyer.act('statements read', statementApi.statements, { query: { ...of, state: 'proposed' } })).items[0]?.id
  if (!id) throw new Error('The statement that was said to be proposed is not there.')
  const read = () => supplier.act('statement read', statementApi.statement, { params: { id } })
  const statement = await read()
  const lines = statement.lines.map((line) => ({ lineId: line.id, answer: 'ticked' as const, reason: null }))
  if (lines.length > 0)
    await lost(() =>
      supplier.act('statement ticked', statementApi.answerStatement, { params: { id }, body: { version: statement.version, lines } }),
    )
  const { version, contentHash } = await read()
  await lost(() => supplier.act('statement signed', statementApi.signStatement, { params: { id }, body: { version, contentHash } }))
  told.statements.push({ id, hash: contentHash })
}

/** Undefined: done, and the answer lost. */
async function lost<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof AnswerLost) return undefined
    throw error
  }
}

function printActs(acts: Acts, done: readonly Interruption[]): void {
  console.log('\nact                    sent  again  answer lost   killed: server  postgres  cut')
  for (const [name, { sent, again, lost: lostAnswers }] of acts.counts) {
    const of = (way: string) => String(done.filter((one) => one.act === name && one.way === way).length)
    const cells = [name.padEnd(20), String(sent).padStart(6), String(again).padStart(6), String(lostAnswers).padStart(12)]
    console.log([...cells, of('server').padStart(17), of('postgres').padStart(9), of('cut').padStart(5)].join(' '))
  }
  console.log('')
}

function checkKills(report: Report, done: readonly Interruption[], acts: Acts, short: boolean): void {
  const by = (way: string) => done.filter((one) => one.way === way).length
  const found = { server: by('server'), postgres: by('postgres'), cut: by('cut') }
  report.check(
    `server killed ${found.server} times, PostgreSQL ${found.postgres}, connections cut ${found.cut}`,
    Object.values(found).every(Boolean),
    found,
  )
  const again = [...acts.counts.values()].reduce((sum, one) => sum + one.again, 0)
  report.check(`${again} requests were sent again`, again > 0, again)
  if (short) return
  const struck = new Set(done.map(({ act }) => act))
  const changing = [...acts.counts.keys()].filter((name) => !name.endsWith(' read'))
  const spared = changing.filter((name) => !struck.has(name))
  report.check('every step was interrupted', spared.length === 0, spared)
}
