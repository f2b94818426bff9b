import { useQueryClient } from '@tanstack/react-query'
import { Form, Input, Select, Switch } from 'antd'
import { useState } from 'react'
import { protocols } from '#edge/drivers/protocols.ts'
import type { DeviceId } from '#modules/shopfloor/devices/contract.ts'
import { ApiError, call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { useLocale, useWords } from '#ui/i18n.ts'
import { configurationApi, type Link } from '../configuration-contract.ts'
import { useCodeText } from './reason-words.ts'
import { defaultsOf, SettingsFields } from './settings-fields.tsx'

interface Values {
  name: string
  protocol: string
  enabled: boolean
  connection: Record<string, string | number | boolean | null>
}

const firstProtocol = Object.keys(protocols)[0] ?? ''

/** Adds a link to a gateway or changes one. */
export function LinkEditor({
  gatewayId,
  link,
  open,
  onClose,
}: {
  gatewayId: DeviceId
  link?: Link | undefined
  open: boolean
  onClose: () => void
}) {
  const t = useWords('gateways')
  const locale = useLocale()
  const words = useCodeText()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  const [chosen, setChosen] = useState(link?.protocol ?? firstProtocol)
  const protocol = protocols[chosen]
  /** Another protocol has other fields, each with its own default; the host is the same machine. */
  const choose = (name: string) => {
    const { host } = form.getFieldValue('connection') ?? {}
    setChosen(name)
    const fields = protocols[name]
    form.setFieldValue('connection', { ...(fields && defaultsOf(fields.connection)), ...(host && { host }) })
  }
  const save = async (values: Values) => {
    try {
      if (link) await call(configurationApi.updateLink, { params: { id: link.id }, body: { version: link.version, ...values } })
      else await call(configurationApi.createLink, { params: { id: gatewayId }, body: values })
    } catch (error) {
      // What the protocol says of a field stands beside it.
      if (error instanceof ApiError && error.code === 'gateways.settingsWrong') {
        const problems = (error.details.problems ?? []) as { field: string; code: string; details: Record<string, unknown> }[]
        form.setFields(
          problems.map(({ field, code, details }) => ({ name: ['connection', field], errors: [words(code, details)] })) as never,
        )
      }
      throw error
    } finally {
      await client.invalidateQueries({ queryKey: ['gateways'] })
    }
  }
  return (
    <EditDrawer<Values>
      open={open}
      form={form}
      title={t(link ? 'editLink' : 'addLink')}
      initialValues={
        link
          ? { name: link.name, protocol: link.protocol, enabled: link.enabled, connection: link.connection }
          : { protocol: chosen, enabled: true, connection: protocol ? defaultsOf(protocol.connection) : {} }
      }
      allowUnchanged={!link}
      onSubmit={save}
      onClose={onClose}
      onReload={() => void client.invalidateQueries({ queryKey: ['gateways'] })}
      fieldOfCode={{ 'gateways.addressNotDeclared': ['connection', 'host'] }}
    >
      <Form.Item name="name" label={t('linkName')} rules={[{ required: true }]}>
        <Input maxLength={80} placeholder={t('linkNameExample')} />
      </Form.Item>
      <Form.Item name="protocol" label={t('protocol')} rules={[{ required: true }]}>
        <Select
          disabled={link !== undefined}
          onChange={choose}
          options={Object.values(protocols).map((p) => ({ value: p.name, label: locale === 'en-US' ? p.label.en : p.label.zh }))}
        />
      </Form.Item>
      <Form.Item name="enabled" label={t('enabled')} valuePropName="checked">
        <Switch />
      </Form.Item>
      {protocol && <SettingsFields key={chosen} schema={protocol.connection} path="connection" secretsKept={link?.secretsKept ?? []} />}
    </EditDrawer>
  )
}
