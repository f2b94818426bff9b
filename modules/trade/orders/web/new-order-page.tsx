import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Input, InputNumber, Space } from 'antd'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { useUnsavedGuard } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section } from '#ui/page.tsx'
import { PartnerSelect } from '#ui/partner-select.tsx'
import type { OrgId } from '#values/ids.ts'
import { ordersApi, type Settings } from '../contract.ts'
import type { Terms } from '../order-content.ts'
import { NewLines } from './new-lines.tsx'
import { problemAt, problemsOf } from './problems.ts'
import { isFilled, newLineOf, type TypedNewLine } from './proposal-form.ts'
import { orderQueries } from './queries.ts'
import { TermsFields } from './terms-fields.tsx'
import { useStep } from './use-order.ts'
import './orders.css'

export function Component() {
  const t = useWords('orders')
  const settings = useQuery(orderQueries.settings())
  return (
    <Page title={t('new')} subtitle={t('newSubtitle')} breadcrumbs={[{ label: t('name'), path: '/orders' }]}>
      <Loaded query={settings}>{(defaults) => <NewOrder defaults={defaults} />}</Loaded>
    </Page>
  )
}

function NewOrder({ defaults }: { defaults: Settings }) {
  const t = useWords('orders')
  const navigate = useNavigate()
  const { keep } = useStep()
  const [params] = useSearchParams()
  const [supplierId, setSupplier] = useState(params.get('partnerId') ?? undefined)
  const [terms, setTerms] = useState<Terms>({ ...defaults.terms, currency: 'CNY' })
  const [hours, setHours] = useState(defaults.responseHours)
  const [urgent, setUrgent] = useState(false)
  const [consigned, setConsigned] = useState(false)
  const [note, setNote] = useState('')
  const [lines, setLines] = useState<TypedNewLine[]>([])
  const [state, setState] = useState<{ saving: boolean; failure?: unknown }>({ saving: false })
  useUnsavedGuard(lines.length > 0 && !state.saving)
  const problems = problemsOf(state.failure)
  const missing = whatIsMissing(supplierId, lines, terms, t)
  const save = async () => {
    setState({ saving: true })
    try {
      const about = { responseHours: hours, urgent, consigned, note: note.trim() }
      const body = { supplierId: supplierId as OrgId, terms, ...about, lines: lines.map(newLineOf) }
      const order = await call(ordersApi.create, { body })
      await keep(order)
      void navigate(`/orders/${order.id}`)
    } catch (failure) {
      setState({ saving: false, failure })
    }
  }
  return (
    <>
      {state.failure !== undefined && (
        <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(state.failure, t)} />
      )}
      <Section title={t('list.supplier')}>
        <PartnerSelect
          side="buyer"
          className="orders-partner"
          allowClear
          label={t('list.supplier')}
          value={supplierId}
          placeholder={t('edit.chooseSupplier')}
          onChange={(id) => {
            setSupplier(id)
            // What was found is the other supplier's.
            setLines([])
          }}
        />
      </Section>
      {supplierId && (
        <>
          <Section title={t('lines.name')}>
            <NewLines
              supplierId={supplierId}
              currency={terms.currency}
              lines={lines}
              onChange={setLines}
              problem={(index, delivery) => problemAt(problems, t, { added: index })(delivery)}
            />
          </Section>
          <Section title={t('terms.name')}>
            <TermsFields supplierId={supplierId as OrgId} terms={terms} onChange={setTerms} />
            <div className="orders-terms">
              <div className="orders-field">
                <span aria-hidden>{t('terms.responseHours')}</span>
                <InputNumber
                  aria-label={t('terms.responseHours')}
                  min={1}
                  max={720}
                  precision={0}
                  value={hours}
                  onChange={(n) => setHours(n ?? 48)}
                />
              </div>
              <Checkbox checked={urgent} onChange={(event) => setUrgent(event.target.checked)}>
                {t('edit.urgent')}
              </Checkbox>
              <Checkbox checked={consigned} onChange={(event) => setConsigned(event.target.checked)}>
                {t('edit.consigned')}
              </Checkbox>
            </div>
            <div className="orders-field orders-note">
              <span aria-hidden>{t('edit.note')}</span>
              <Input.TextArea
                aria-label={t('edit.note')}
                value={note}
                maxLength={1000}
                autoSize={{ minRows: 2, maxRows: 6 }}
                onChange={(event) => setNote(event.target.value)}
              />
            </div>
          </Section>
        </>
      )}
      <Space wrap>
        <Button type="primary" loading={state.saving} disabled={missing !== undefined} onClick={() => void save()}>
          {t('edit.saveDraft')}
        </Button>
        <Link to="/orders">
          <Button>{t('ui:cancel')}</Button>
        </Link>
        <span className="ls-quiet" role="status">
          {missing ?? t('edit.draftHint')}
        </span>
      </Space>
    </>
  )
}

function whatIsMissing(
  supplierId: string | undefined,
  lines: readonly TypedNewLine[],
  terms: Terms,
  t: (key: string) => string,
): string | undefined {
  if (!supplierId) return t('edit.chooseSupplier')
  if (lines.length === 0) return t('edit.noLines')
  if (lines.some((line) => !isFilled(line.schedule))) return t('edit.incomplete')
  if (lines.some((line) => line.netPrice.trim() === '')) return t('edit.priceMissing')
  return terms.deliverTo.trim() === '' ? t('edit.deliverToMissing') : undefined
}
