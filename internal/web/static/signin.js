// In the demo: fills in a name and a password.

for (const button of document.querySelectorAll("button[data-login]")) {
  button.addEventListener("click", () => {
    const name = document.querySelector("input[name=naam]");
    const password = document.querySelector("input[name=wachtwoord]");
    name.value = button.dataset.login;
    password.value = button.dataset.password;
    password.form.querySelector("button.primary").focus();
  });
}
