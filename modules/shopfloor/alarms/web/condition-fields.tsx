import { Button, Form, type FormInstance, Input, InputNumber, Segmented, Select } from 'antd'
import { useWords } from '#ui/i18n.ts'
import { alarmLimits, Direction, Level } from '../condition.ts'
import type { PointChoice } from './rule-values.ts'
import { kinds, type RuleValues } from './rule-values.ts'
import { StateCodes } from './state-codes.tsx'

/** What each kind of condition asks for. */
export function ConditionFields({
  form,
  point,
  points,
}: {
  form: FormInstance<RuleValues>
  point: PointChoice | undefined
  points: readonly PointChoice[]
}) {
  const t = useWords('alarms')
  const kind = Form.useWatch('kind', form) ?? 'limit'
  const fromPoint = Form.useWatch('fromKind', form) === 'point'
  const required = [{ required: true, message: t('required') }]
  const number = (name: keyof RuleValues, label: string, more: object = {}) => (
    <Form.Item name={name} label={label} rules={required}>
      <InputNumber style={{ width: '100%' }} {...(point?.unit ? { suffix: point.unit } : {})} {...more} />
    </Form.Item>
  )
  const deadband = (
    <Form.Item name="deadband" label={t('rule.deadband')} extra={t('rule.deadbandHint')}>
      <InputNumber min={0} style={{ width: '100%' }} {...(point?.unit ? { suffix: point.unit } : {})} />
    </Form.Item>
  )
  return (
    <>
      <Form.Item name="kind" label={t('rule.kind')}>
        <Segmented className="al-kinds" options={kinds.map((value) => ({ value, label: t(`kinds.${value}`) }))} />
      </Form.Item>
      {kind === 'limit' && (
        <>
          <div className="al-pair">
            <Form.Item name="level" label={t('rule.level')}>
              <Select options={Level.options.map((value) => ({ value, label: t(`levels.${value}`) }))} />
            </Form.Item>
            {number('limit', t('rule.limit'))}
          </div>
          {deadband}
        </>
      )}
      {kind === 'rate' && (
        <div className="al-pair">
          <Form.Item name="direction" label={t('rule.direction')}>
            <Select options={Direction.options.map((value) => ({ value, label: t(`directions.${value}`) }))} />
          </Form.Item>
          <Form.Item name="perS" label={t('rule.per')}>
            <Select options={([1, 60, 3600] as const).map((value) => ({ value, label: t(`per.${value}`) }))} />
          </Form.Item>
          {number('limit', t('rule.limit'), { min: 0 })}
          {deadband}
        </div>
      )}
      {kind === 'deviation' && (
        <div className="al-pair">
          <Form.Item name="fromKind" label={t('rule.from')}>
            <Select
              options={[
                { value: 'value', label: t('rule.fromValue') },
                { value: 'point', label: t('rule.fromPoint') },
              ]}
            />
          </Form.Item>
          {fromPoint ? (
            <Form.Item name="fromPoint" label={t('rule.fromPoint')} rules={required}>
              <Select options={points.filter((one) => one !== point).map(({ name, label }) => ({ value: name, label }))} />
            </Form.Item>
          ) : (
            number('fromValue', t('rule.fromValue'))
          )}
          {number('limit', t('kinds.deviation'), { min: 0 })}
          {deadband}
        </div>
      )}
      {kind === 'state' && (
        <Form.Item name="values" label={t('rule.states')} rules={required}>
          <StateCodes point={point} />
        </Form.Item>
      )}
      {kind === 'expression' && <ExpressionField form={form} points={points} />}
      {kind === 'noData' && (
        <Form.Item name="afterS" label={t('rule.afterS')} rules={required}>
          <InputNumber min={5} max={604800} precision={0} />
        </Form.Item>
      )}
    </>
  )
}

/** The points stand beside it: nobody types their names by heart. */
function ExpressionField({ form, points }: { form: FormInstance<RuleValues>; points: readonly PointChoice[] }) {
  const t = useWords('alarms')
  const insert = (name: string) => {
    const text: string = form.getFieldValue('expression') ?? ''
    form.setFieldValue('expression', text === '' || /\s$/.test(text) ? `${text}${name} ` : `${text} ${name} `)
    form.focusField('expression')
  }
  return (
    <Form.Item label={t('rule.expression')} required extra={t('rule.expressionHint')}>
      <Form.Item name="expression" noStyle rules={[{ required: true, whitespace: true, message: t('required') }]}>
        <Input.TextArea
          className="al-expression"
          rows={3}
          maxLength={alarmLimits.expression}
          spellCheck={false}
          autoComplete="off"
          placeholder={t('rule.expressionExample')}
        />
      </Form.Item>
      <div className="al-chips">
        {points.map(({ name, label, unit }) => (
          <Button key={name} size="small" title={unit ? `${label} (${unit})` : label} onClick={() => insert(name)}>
            {label} <code>{name}</code>
          </Button>
        ))}
      </div>
    </Form.Item>
  )
}
