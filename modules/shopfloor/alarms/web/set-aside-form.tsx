import { useQueryClient } from '@tanstack/react-query'
import { App, Form, Input, Select } from 'antd'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import type { AlarmAction } from '../alarm-states.ts'
import { type Alarm, alarmsApi } from '../contract.ts'

export type Aside = Exclude<AlarmAction, 'acknowledge' | 'reset'>
const MINUTES = [15, 60, 240, 480, 1440, 10080]

/** Shelving, out of service, and back: always with the reason. */
export function SetAsideForm(props: { action: Aside; alarms: readonly Pick<Alarm, 'id' | 'version'>[]; onClose: (done: boolean) => void }) {
  const t = useWords('alarms')
  const client = useQueryClient()
  const { message } = App.useApp()
  const { action, alarms } = props
  return (
    <EditModal<{ reason: string; minutes: number }>
      open
      allowUnchanged
      danger={action === 'removeFromService'}
      title={t(`actions.${action}`)}
      submitText={t(`actions.${action}`)}
      successText={false}
      initialValues={{ reason: '', minutes: 60 }}
      onClose={() => props.onClose(false)}
      onSubmit={async ({ reason, minutes }) => {
        const wanted = alarms.map(({ id, version }) => ({ id, version }))
        const { done, skipped } = await call(alarmsApi.setAside, {
          body: { action, alarms: wanted, reason, ...(action === 'shelve' ? { minutes } : {}) },
        })
        if (skipped.length > 0) void message.warning(t('skipped', { n: skipped.length }))
        else void message.success(t('done', { n: done }))
        await client.invalidateQueries({ queryKey: ['alarms'] })
        props.onClose(true)
      }}
    >
      <p className="ls-quiet">{t(`asideText.${action}`)}</p>
      {action === 'shelve' && (
        <Form.Item name="minutes" label={t('shelveFor')}>
          <Select options={MINUTES.map((value) => ({ value, label: t(`minutes.${value}`) }))} />
        </Form.Item>
      )}
      <Form.Item name="reason" label={t('reason')} rules={[{ required: true, whitespace: true, message: t('required') }]}>
        <Input.TextArea rows={2} maxLength={500} placeholder={t('reasonHint')} />
      </Form.Item>
    </EditModal>
  )
}
