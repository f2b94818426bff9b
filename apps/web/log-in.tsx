import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { useEffect, useState } from 'react'
import { Navigate, useNavigate, useSearchParams } from 'react-router'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { DemoTag } from '#ui/page.tsx'
import { Entrance } from './entrance.tsx'
import { safeReturnPath } from './return-path.ts'
import { adoptSession, sessionQuery, stateQuery } from './session-query.ts'
import { LocaleButton } from './shell.tsx'

export function Component() {
  const t = useWords('shell')
  const navigate = useNavigate()
  const client = useQueryClient()
  const [params] = useSearchParams()
  const state = useQuery(stateQuery)
  const [failure, setFailure] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const target = safeReturnPath(params.get('return'))
  // Nobody is signed in here: what an earlier person saw is forgotten.
  useEffect(() => client.removeQueries({ predicate: (query) => query.queryKey[1] !== 'state' }), [client])
  if (state.data?.needsFirstAdministrator) return <Navigate to="/first-administrator" replace />

  const logIn = async (values: { login: string; password: string }) => {
    setBusy(true)
    setFailure(undefined)
    try {
      client.setQueryData(sessionQuery.queryKey, adoptSession(await call(accessApi.logIn, { body: values })))
      void navigate(target, { replace: true })
    } catch (error) {
      setFailure(error)
      setBusy(false)
    }
  }
  return (
    <Entrance title={t('logIn')} corner={<LocaleButton signedIn={false} />}>
      {params.get('return') && failure === undefined && <p className="ls-quiet">{t('sessionEnded')}</p>}
      {failure !== undefined && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(failure, t)} />}
      <Form layout="vertical" requiredMark={false} onFinish={(values: { login: string; password: string }) => void logIn(values)}>
        <Form.Item name="login" label={t('login')} rules={[{ required: true }]}>
          <Input size="large" autoFocus autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={60} />
        </Form.Item>
        <Form.Item name="password" label={t('password')} rules={[{ required: true }]}>
          <Input.Password size="large" autoComplete="current-password" maxLength={200} />
        </Form.Item>
        <Button type="primary" htmlType="submit" size="large" block loading={busy}>
          {t('logIn')}
        </Button>
      </Form>
      {state.data?.demo && (
        <p className="ls-entrance-demo">
          <DemoTag /> <span className="ls-quiet">{t('demoAccounts')}</span>
        </p>
      )}
    </Entrance>
  )
}
