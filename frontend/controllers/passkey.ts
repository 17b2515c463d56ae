import { Controller } from "@hotwired/stimulus";
import { announce } from "../lib/announce";
import { toBrowser, toServer } from "../lib/passkeys";
import { words } from "../lib/words";

/** Asks the device for a passkey and sends the form with its answer. Hidden where none can be had. */
export default class extends Controller<HTMLFormElement> {
  static override targets = ["credential", "options"];
  static override values = { create: Boolean };
  declare credentialTarget: HTMLInputElement;
  declare optionsTarget: HTMLElement;
  declare hasOptionsTarget: boolean;
  declare createValue: boolean;

  override connect(): void {
    this.element.hidden = !window.PublicKeyCredential;
  }

  async ask(event: Event): Promise<void> {
    event.preventDefault();
    try {
      const options = toBrowser(await this.options());
      const given = this.createValue
        ? await navigator.credentials.create(always(options as CredentialCreationOptions))
        : await navigator.credentials.get(options as CredentialRequestOptions);
      this.credentialTarget.value = toServer(given as PublicKeyCredential);
      this.element.submit();
    } catch {
      announce(words("passkeyFailed"), "error");
    }
  }

  private async options(): Promise<unknown> {
    if (this.hasOptionsTarget) {
      const told = JSON.parse(this.optionsTarget.textContent ?? "{}");
      return told.creation_options ?? told.request_options;
    }
    const answer = await fetch(this.element.action, {
      headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
    });
    return (await answer.json()).request_options;
  }
}

/** A passkey that signs in by itself: kept on the device, and opened by finger, face or PIN. */
function always(options: CredentialCreationOptions): CredentialCreationOptions {
  const key = options.publicKey as PublicKeyCredentialCreationOptions;
  const asked = {
    ...key.authenticatorSelection,
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  };
  return { publicKey: { ...key, authenticatorSelection: asked as AuthenticatorSelectionCriteria } };
}
