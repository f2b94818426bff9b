import { Alert, Button, Drawer, Form, Input, InputNumber, Select, Switch } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { useWords } from '#ui/i18n.ts'
import { type NameRule, type NameSource, namesByRule, numbered, unknownFields, usualRule } from './name-rule.ts'

export interface NamedRow extends NameSource {
  /** Its place in the table. */
  row: number
  /** Its name by now. */
  current: string
}

export type Renaming = { row: number; name: string; label: string | undefined }[]

const SHOWN = 300

/** Chinese as pinyin without tones; the dictionary is fetched when it is first needed. */
export async function loadSpelling(): Promise<(text: string) => string> {
  const { pinyin } = await import('pinyin-pro')
  return (text) => pinyin(text, { toneType: 'none', type: 'array', nonZh: 'consecutive', v: true }).join('')
}

/** Names of points by one rule, seen before they are given. */
export function NameRuleDrawer(props: {
  rows: readonly NamedRow[]
  /** Names of the other points. */
  taken: ReadonlySet<string>
  onClose: () => void
  onApply: (renaming: Renaming) => void
}) {
  const t = useWords('gateways')
  const [rule, setRule] = useState<NameRule>(usualRule)
  const [withNumbers, setWithNumbers] = useState(false)
  const [spell, setSpell] = useState<{ by: (text: string) => string }>()
  useEffect(() => {
    void loadSpelling().then((by) => setSpell({ by }))
  }, [])
  const unknown = [...unknownFields(rule.pattern), ...unknownFields(rule.labelPattern)]
  const names = useMemo(() => {
    const ruled = namesByRule(rule, props.rows, props.taken, spell?.by ?? (() => ''))
    return withNumbers ? numbered(ruled, props.taken) : ruled
  }, [rule, props.rows, props.taken, spell, withNumbers])
  const clashes = names.filter((one) => one.clash).length
  const unfit = names.filter((one) => one.unfit).length
  const blocked = !spell || unknown.length > 0 || clashes > 0 || unfit > 0
  const apply = () => props.onApply(names.map(({ name, label }, i) => ({ row: props.rows[i]?.row ?? -1, name, label })))
  return (
    <Drawer
      open
      size="large"
      title={t('naming.title')}
      onClose={props.onClose}
      extra={
        <Button type="primary" disabled={blocked} onClick={apply}>
          {t('naming.apply', { n: names.length })}
        </Button>
      }
    >
      <p className="ls-quiet">{t('naming.hint')}</p>
      <RuleFields rule={rule} onChange={(change) => setRule((before) => ({ ...before, ...change }))} />
      <Form.Item layout="vertical" label={t('naming.numbers')}>
        <Switch aria-label={t('naming.numbers')} checked={withNumbers} onChange={setWithNumbers} />
      </Form.Item>
      {unknown.length > 0 && (
        <Alert type="error" showIcon className="ls-form-failure" title={t('naming.unknown', { names: unknown.join('、') })} />
      )}
      {clashes > 0 && <Alert type="warning" showIcon className="ls-form-failure" title={t('naming.clashes', { n: clashes })} />}
      {unfit > 0 && <Alert type="warning" showIcon className="ls-form-failure" title={t('naming.unfit', { n: unfit })} />}
      <table className="gw-names">
        <thead>
          <tr>
            <th>{t('naming.source')}</th>
            <th>{t('naming.current')}</th>
            <th>{t('naming.next')}</th>
          </tr>
        </thead>
        <tbody>
          {names.slice(0, SHOWN).map((one, i) => (
            <tr key={props.rows[i]?.row}>
              <td>{[props.rows[i]?.folder, props.rows[i]?.name].filter(Boolean).join('.')}</td>
              <td>{props.rows[i]?.current}</td>
              <td className={one.clash || one.unfit ? 'gw-reason' : undefined}>
                {one.name || '—'}
                {one.label !== undefined && <span className="ls-quiet"> {one.label}</span>}
                {one.clash && ` · ${t('naming.clash')}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {names.length > SHOWN && <p className="ls-quiet">{t('problemsMore', { n: names.length - SHOWN })}</p>}
    </Drawer>
  )
}

function RuleFields({ rule, onChange }: { rule: NameRule; onChange: (change: Partial<NameRule>) => void }) {
  const t = useWords('gateways')
  const text = (key: 'pattern' | 'stripStart' | 'stripEnd' | 'find' | 'replace' | 'labelPattern') => (
    <Form.Item layout="vertical" label={t(`naming.${key}`)}>
      <Input aria-label={t(`naming.${key}`)} value={rule[key]} maxLength={120} onChange={(e) => onChange({ [key]: e.target.value })} />
    </Form.Item>
  )
  return (
    <div className="gw-settings">
      {text('pattern')}
      {text('labelPattern')}
      {text('stripStart')}
      {text('stripEnd')}
      {text('find')}
      {text('replace')}
      <Form.Item layout="vertical" label={t('naming.letters')}>
        <Select
          aria-label={t('naming.letters')}
          value={rule.letters}
          onChange={(letters) => onChange({ letters })}
          options={(['keep', 'lower', 'upper'] as const).map((value) => ({ value, label: t(`naming.letterCases.${value}`) }))}
        />
      </Form.Item>
      <Form.Item layout="vertical" label={t('naming.firstNumber')}>
        <InputNumber
          aria-label={t('naming.firstNumber')}
          min={0}
          max={99_999}
          precision={0}
          value={rule.firstNumber}
          onChange={(firstNumber) => onChange({ firstNumber: firstNumber ?? 1 })}
        />
      </Form.Item>
    </div>
  )
}
