"""Those of allauth's pages that are open here. No sign-up, no e-mail addresses, no reset by mail:
accounts belong to the office."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.providers.openid_connect import views as single_sign_on
from allauth.socialaccount.providers.weixin import views as wechat
from django.urls import path

from gulou.ui.guards import public, signed_in

from . import views

urlpatterns = [
    path("sessions/", views.sessions, name="people_sessions"),
    path("sessions/end/", views.end_others, name="people_end_others"),
    path("sessions/<uuid:uid>/end/", views.end_session, name="people_end_session"),
    path("phone/", views.phone, name="people_phone"),
    path("login/", public(account.login), name="account_login"),
    path("logout/", public(account.logout), name="account_logout"),
    path("inactive/", public(account.account_inactive), name="account_inactive"),
    path("confirm/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("password/", signed_in(account.password_change), name="account_change_password"),
    path("code/", public(mfa.authenticate), name="mfa_authenticate"),
    path("code/confirm/", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("second-step/", signed_in(mfa.index), name="mfa_index"),
    path("second-step/set-up/", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("second-step/remove/", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "recovery-codes/", signed_in(recovery.view_recovery_codes), name="mfa_view_recovery_codes"
    ),
    path("passkeys/", signed_in(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("passkeys/add/", signed_in(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/rename/", signed_in(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "passkeys/<int:pk>/remove/", signed_in(passkeys.remove_webauthn), name="mfa_remove_webauthn"
    ),
    path(
        "passkeys/confirm/",
        signed_in(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("passkeys/login/", public(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path(
        "sso/<slug:provider_id>/",
        public(views.leaving(single_sign_on.login)),
        name="openid_connect_login",
    ),
    path(
        "sso/<slug:provider_id>/back/",
        public(single_sign_on.callback),
        name="openid_connect_callback",
    ),
    path("wechat/", public(views.leaving(wechat.oauth2_login)), name="weixin_login"),
    path("wechat/back/", public(wechat.oauth2_callback), name="weixin_callback"),
    path("wechat/unlink/", signed_in(views.unlink_wechat), name="people_unlink_wechat"),
    path("cancelled/", public(views.cancelled), name="socialaccount_login_cancelled"),
    path(
        "recovery-codes/new/",
        signed_in(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery-codes/file/",
        signed_in(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
