import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Checkbox, Form, Input, Segmented, Space, Tooltip } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { call, download, errorText } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { formatDate, formatDateTime, formatMoney, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useCan } from '#ui/session.ts'
import { type Statement, type StatementLine, statementApi } from '../statement-contract.ts'
import { Amount } from './money-text.tsx'
import { financeQueries } from './queries.ts'
import { StatementStateTag } from './statement-state-tag.tsx'
import './finance.css'

export function Component() {
  const { id = '' } = useParams()
  return (
    <Loaded query={useQuery(financeQueries.statement(id))}>
      {(statement) => <Sheet key={`${statement.id} ${statement.version}`} statement={statement} />}
    </Loaded>
  )
}

type Answers = ReadonlyMap<string, { answer: 'ticked' | 'disputed'; reason: string }>

function Sheet({ statement }: { statement: Statement }) {
  const t = useWords('finance')
  const may = useCan('finance.sign')
  const answering = may && statement.actions.includes('answer')
  const revising = may && statement.actions.includes('revise')
  const [answers, setAnswers] = useState<Answers>(new Map())
  const [out, setOut] = useState<ReadonlySet<string>>(
    new Set(statement.lines.filter((line) => line.answer === 'disputed').map((line) => line.id)),
  )
  const signature = (given: Statement['buyerSigned']) =>
    given ? `${given.by ?? ''} ${formatDateTime(given.at)}` : t('statements.notSigned')
  return (
    <Page
      title={t('statements.sheet', { number: statement.number })}
      tags={<StatementStateTag state={statement.state} />}
      breadcrumbs={[{ label: t('statements.title'), path: `/finance/statements?side=${statement.side}` }]}
      actions={<Actions statement={statement} answers={answers} out={out} />}
    >
      <Section>
        <DetailGrid
          items={[
            { label: t('payables.partner.supplier'), value: statement.buyerName },
            { label: t('payables.partner.buyer'), value: statement.supplierName },
            { label: t('statements.until'), value: formatDate(statement.untilDay) },
            { label: t('statements.opening'), value: formatMoney(statement.opening) },
            { label: t('statements.closing'), value: formatMoney(statement.closing) },
            {
              label: t('statements.previous'),
              value: statement.previous ? (
                <Link to={`/finance/statements/${statement.previous.id}`}>{statement.previous.number}</Link>
              ) : (
                formatText(null)
              ),
            },
            { label: t('statements.buyerSign'), value: signature(statement.buyerSigned) },
            { label: t('statements.supplierSign'), value: signature(statement.supplierSigned) },
            { label: t('statements.hash'), value: <code className="fin-hash">{statement.contentHash}</code>, wide: true },
            statement.endReason !== null && { label: t('reason'), value: statement.endReason, wide: true },
          ]}
        />
      </Section>
      <Section title={t('statements.lines')} flush>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <div className="fin-scroll" tabIndex={0}>
          <table className="fin-voucher" aria-label={t('statements.lines')}>
            <thead>
              <tr>
                <th scope="col">{t('statements.day')}</th>
                <th scope="col">{t('statements.kind')}</th>
                <th scope="col">{t('statements.document')}</th>
                <th scope="col" className="fin-right">
                  {t('statements.amount')}
                </th>
                <th scope="col">{t('statements.answer')}</th>
                {revising && <th scope="col">{t('statements.leaveOut')}</th>}
              </tr>
            </thead>
            <tbody>
              <tr>
                <td colSpan={3}>{t('statements.opening')}</td>
                <td className="fin-right">
                  <Amount money={statement.opening} />
                </td>
                <td colSpan={revising ? 2 : 1} />
              </tr>
              {statement.lines.map((line) => (
                <tr key={line.id}>
                  <td>{formatDate(line.day)}</td>
                  <td>{t(`statementKinds.${line.kind}`)}</td>
                  <td>{line.number}</td>
                  <td className="fin-right">
                    <Amount money={line.amount} />
                  </td>
                  <td>
                    {answering ? (
                      <Answer line={line} answers={answers} onChange={setAnswers} />
                    ) : (
                      <AnswerTag answer={line.answer} reason={line.reason} />
                    )}
                  </td>
                  {revising && (
                    <td>
                      <Checkbox
                        aria-label={`${t('statements.leaveOut')} ${line.number}`}
                        checked={out.has(line.id)}
                        onChange={() => setOut(toggled(out, line.id))}
                      />
                    </td>
                  )}
                </tr>
              ))}
              {statement.lines.length === 0 && (
                <tr>
                  <td colSpan={revising ? 6 : 5}>{t('statements.none')}</td>
                </tr>
              )}
            </tbody>
            <tfoot>
              <tr>
                <td colSpan={3}>{t('statements.closing')}</td>
                <td className="fin-right">
                  <Amount money={statement.closing} sign />
                </td>
                <td colSpan={revising ? 2 : 1} />
              </tr>
            </tfoot>
          </table>
        </div>
      </Section>
      <Panels slot="document" props={{ entity: 'finance.statement', recordId: statement.id }} />
    </Page>
  )
}

function toggled(set: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(set)
  if (!next.delete(id)) next.add(id)
  return next
}

function AnswerTag({ answer, reason }: { answer: StatementLine['answer']; reason: string | null }) {
  const t = useWords('finance')
  if (answer === null) return <span className="ls-quiet">{t('statements.open')}</span>
  return (
    <>
      <StatusTag tone={answer === 'ticked' ? 'good' : 'bad'}>{t(`statements.${answer}`)}</StatusTag> {reason}
    </>
  )
}

function Answer({ line, answers, onChange }: { line: StatementLine; answers: Answers; onChange: (answers: Answers) => void }) {
  const t = useWords('finance')
  const given = answers.get(line.id) ?? (line.answer === null ? undefined : { answer: line.answer, reason: line.reason ?? '' })
  const set = (answer: 'ticked' | 'disputed', reason: string) => onChange(new Map(answers).set(line.id, { answer, reason }))
  return (
    <Space wrap>
      <Segmented
        size="small"
        value={given?.answer ?? ''}
        onChange={(answer) => answer !== '' && set(answer as 'ticked' | 'disputed', given?.reason ?? '')}
        options={[
          { value: '', label: '—', disabled: given !== undefined },
          { value: 'ticked', label: t('statements.tick') },
          { value: 'disputed', label: t('statements.dispute') },
        ]}
      />
      {given?.answer === 'disputed' && (
        <Input
          size="small"
          aria-label={t('statements.disputeReason')}
          placeholder={t('statements.disputeReason')}
          value={given.reason}
          maxLength={300}
          onChange={(event) => set('disputed', event.target.value)}
        />
      )}
    </Space>
  )
}

function Actions({ statement, answers, out }: { statement: Statement; answers: Answers; out: ReadonlySet<string> }) {
  const t = useWords('finance')
  const { message } = App.useApp()
  const client = useQueryClient()
  const may = useCan('finance.sign')
  const [asking, setAsking] = useState<'sign' | 'withdraw'>()
  const params = { id: statement.id }
  const { version } = statement
  const run = async (work: Promise<unknown>, done: string) => {
    await work.then(
      () => message.success(t(done)),
      (error: unknown) => message.error(errorText(error, t)),
    )
    await client.invalidateQueries({ queryKey: ['finance'] })
  }
  const save = (lines: { lineId: StatementLine['id']; answer: 'ticked' | 'disputed'; reason: string | null }[]) =>
    run(call(statementApi.answerStatement, { params, body: { version, lines } }), 'statements.saved')
  const can = (action: Statement['actions'][number]) => may && statement.actions.includes(action)
  const all = statement.lines.every((line) => line.answer === 'ticked')
  return (
    <Space wrap className="fin-no-print">
      <Button
        onClick={() => void download(statementApi.printStatement, { params }).catch((error: unknown) => message.error(errorText(error, t)))}
      >
        {t('statements.print')}
      </Button>
      {can('withdraw') && <Button onClick={() => setAsking('withdraw')}>{t('statements.withdraw')}</Button>}
      {can('revise') && (
        <Tooltip title={t('statements.reviseHint')}>
          <Button
            onClick={() =>
              void run(
                call(statementApi.reviseStatement, { params, body: { version, leaveOut: [...out] as never } }),
                'statements.proposed',
              )
            }
          >
            {t('statements.revise')}
          </Button>
        </Tooltip>
      )}
      {can('answer') && statement.lines.length > 0 && (
        <>
          <Button onClick={() => void save(statement.lines.map((line) => ({ lineId: line.id, answer: 'ticked', reason: null })))}>
            {t('statements.tickAll')}
          </Button>
          <Button
            disabled={answers.size === 0}
            onClick={() =>
              void save(
                statement.lines.flatMap((line) => {
                  const given = answers.get(line.id)
                  return given ? [{ lineId: line.id, answer: given.answer, reason: given.reason.trim() || null }] : []
                }),
              )
            }
          >
            {t('statements.saveAnswers')}
          </Button>
        </>
      )}
      {can('sign') && (
        <Tooltip title={all ? undefined : t('statements.notAll')}>
          <Button type="primary" disabled={!all} onClick={() => setAsking('sign')}>
            {t('statements.sign')}
          </Button>
        </Tooltip>
      )}
      <EditModal
        open={asking === 'sign'}
        title={t('statements.sign')}
        submitText={t('statements.sign')}
        successText={t('statements.signed')}
        allowUnchanged
        onClose={() => setAsking(undefined)}
        onSubmit={async () => {
          await call(statementApi.signStatement, { params, body: { version, contentHash: statement.contentHash } })
          await client.invalidateQueries({ queryKey: ['finance'] })
        }}
      >
        <p className="fin-hash">{t('statements.signHint', { hash: statement.contentHash })}</p>
      </EditModal>
      <EditModal<{ reason: string }>
        open={asking === 'withdraw'}
        title={t('statements.withdraw')}
        submitText={t('statements.withdraw')}
        danger
        allowUnchanged
        onClose={() => setAsking(undefined)}
        onSubmit={async ({ reason }) => {
          await call(statementApi.withdrawStatement, { params, body: { version, reason } })
          await client.invalidateQueries({ queryKey: ['finance'] })
        }}
      >
        <Form.Item name="reason" label={t('reason')} rules={[{ required: true, whitespace: true }]}>
          <Input.TextArea maxLength={300} rows={2} />
        </Form.Item>
      </EditModal>
    </Space>
  )
}
