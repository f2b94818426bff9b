import { Alert, Button, Checkbox, Input, Space } from 'antd'
import { useState } from 'react'
import { errorText } from '#ui/api.ts'
import { useUnsavedGuard } from '#ui/form.tsx'
import { formatPrice, formatQuantity } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { unitName } from '#values/units.ts'
import type { Order } from '../contract.ts'
import { deliveryOf, type Terms } from '../order-content.ts'
import type { Proposal } from '../proposal.ts'
import { DeliveryFields } from './delivery-fields.tsx'
import { NewLines } from './new-lines.tsx'
import { readQuantity } from './order-words.tsx'
import { problemAt, problemsOf } from './problems.ts'
import {
  deliveryChanges,
  isChanged,
  isFilled,
  needsReason,
  proposalOf,
  type TypedLine,
  type TypedNewLine,
  typedOf,
} from './proposal-form.ts'
import { TermsFields } from './terms-fields.tsx'

interface Props {
  order: Order
  title: string
  submitText: string
  /** Sends it; what it throws is shown by line. */
  onSubmit: (proposal: Proposal, note: string) => Promise<unknown>
  onClose: () => void
}

/** The editor of a proposal: each delivery as it stands, and beside it as it shall be. */
export function ProposalEditor({ order, title, submitText, onSubmit, onClose }: Props) {
  const t = useWords('orders')
  const base = order.openContent ?? order.content
  const [lines, setLines] = useState(() => typedOf(base))
  const [added, setAdded] = useState<TypedNewLine[]>([])
  const [terms, setTerms] = useState<Terms>(base.terms)
  const [note, setNote] = useState('')
  const [state, setState] = useState<{ saving: boolean; failure?: unknown }>({ saving: false })
  const termsChanged = JSON.stringify(terms) !== JSON.stringify(base.terms)
  const changed = lines.filter(isChanged).length + added.length + (termsChanged ? 1 : 0)
  useUnsavedGuard(changed > 0 && !state.saving)
  const problems = problemsOf(state.failure)
  const missing = reasonMissing(lines, added, order, t)
  const { currency: _, ...sent } = terms
  const submit = async () => {
    setState({ saving: true })
    try {
      await onSubmit(proposalOf(lines, added, termsChanged ? sent : null), note.trim())
    } catch (failure) {
      setState({ saving: false, failure })
    }
  }
  return (
    <Section title={title}>
      {state.failure !== undefined && (
        <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(state.failure, t)} />
      )}
      {lines.map((line) => (
        <EditedLine
          key={line.no}
          line={line}
          order={order}
          onChange={(next) => setLines(lines.map((one) => (one.no === line.no ? next : one)))}
          problem={problemAt(problems, t, { line: line.no })}
        />
      ))}
      {order.side === 'buyer' && (
        <>
          <NewLines
            supplierId={order.supplier.orgId}
            currency={terms.currency}
            lines={added}
            onChange={setAdded}
            problem={(index, delivery) => problemAt(problems, t, { added: index })(delivery)}
          />
          <h3>{t('terms.name')}</h3>
          <TermsFields supplierId={order.supplier.orgId} terms={terms} onChange={setTerms} fixedCurrency />
        </>
      )}
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
      <Space wrap className="orders-editor-foot">
        <Button type="primary" loading={state.saving} disabled={changed === 0 || missing !== undefined} onClick={() => void submit()}>
          {submitText}
        </Button>
        <Button onClick={onClose}>{t('ui:cancel')}</Button>
        <span className="ls-quiet" role="status">
          {changed === 0 ? t('edit.unchanged') : (missing ?? t('edit.changedLines', { n: changed }))}
        </span>
      </Space>
    </Section>
  )
}

/** Why it cannot be sent yet. */
function reasonMissing(
  lines: readonly TypedLine[],
  added: readonly TypedNewLine[],
  order: Order,
  t: (key: string) => string,
): string | undefined {
  const kept = lines.filter((line) => !line.dropped)
  if (kept.some((line) => !isFilled(line.schedule)) || added.some((line) => !isFilled(line.schedule))) return t('edit.incomplete')
  if (added.some((line) => line.netPrice.trim() === '')) return t('edit.priceMissing')
  if (lines.some((line) => line.dropped && line.dropReason.trim() === '')) return t('edit.dropReasonNeeded')
  if (kept.filter(isChanged).some((line) => line.schedule.some((delivery) => needsReason(line, delivery, order.side))))
    return t('edit.reasonsNeeded')
  return undefined
}

interface LineProps {
  line: TypedLine
  order: Order
  onChange: (line: TypedLine) => void
  problem: (delivery: number | null) => string | undefined
}

function EditedLine({ line, order, onChange, problem }: LineProps) {
  const t = useWords('orders')
  const english = useLocale() === 'en-US'
  const maySetPrices = useCan('orders.setPrices')
  const unit = unitName(line.was.unit, english)
  const { currency } = order.content.terms
  return (
    <fieldset className="orders-edit-line" data-changed={isChanged(line) || undefined}>
      <legend>
        {line.no} · <strong>{line.was.materialCode}</strong> {line.was.materialName}
      </legend>
      <div className="orders-price-fields">
        <Input
          aria-label={`${line.no} ${t('edit.netPrice')}`}
          addonBefore={t('edit.netPrice')}
          addonAfter={`${currency} / ${unit}`}
          inputMode="decimal"
          disabled={!maySetPrices || line.dropped}
          status={readQuantity(line.netPrice) < 0n || line.netPrice.trim() === '' ? 'error' : ''}
          value={line.netPrice}
          onChange={(event) => onChange({ ...line, netPrice: event.target.value })}
        />
        {readQuantity(line.netPrice) !== readQuantity(line.was.netPrice) && (
          <span className="orders-was">{t('lines.was', { was: formatPrice(currency, line.was.netPrice) })}</span>
        )}
        <Checkbox checked={line.dropped} onChange={(event) => onChange({ ...line, dropped: event.target.checked })}>
          {t('edit.dropLine')}
        </Checkbox>
        {line.dropped && (
          <Input
            aria-label={`${line.no} ${t('edit.dropReason')}`}
            className="orders-reason"
            placeholder={t('edit.dropReason')}
            maxLength={300}
            value={line.dropReason}
            onChange={(event) => onChange({ ...line, dropReason: event.target.value })}
          />
        )}
      </div>
      {!line.dropped && (
        <DeliveryFields
          label={`${line.no}`}
          unit={unit}
          schedule={line.schedule}
          onChange={(schedule) => onChange({ ...line, schedule })}
          withReason={order.side === 'supplier'}
          problem={problem}
          before={(delivery) => {
            const was = line.was.schedule.find((schedule) => schedule.no === delivery.no)
            const stands = was && deliveryOf(was)
            return {
              text: stands ? `${formatQuantity(stands.quantity, unit)} · ${stands.day} →` : `${t('edit.newDelivery')} →`,
              ...deliveryChanges(line, delivery),
              needsReason: needsReason(line, delivery, order.side),
            }
          }}
        />
      )}
      {problem(null) && (
        <p role="alert" className="orders-late">
          {problem(null)}
        </p>
      )}
    </fieldset>
  )
}
