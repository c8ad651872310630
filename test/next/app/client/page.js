"use client";

import { useEffect, useState } from "react";
import run from "../../body.js";

/** A component of the browser. */
export default function Page() {
  const [answer, setAnswer] = useState("");
  useEffect(() => {
    run()
      .then(
        value => ({ value }),
        error => ({ error: String(error.stack) }),
      )
      .then(result => {
        setAnswer(JSON.stringify(result));
        return fetch("/answer", { method: "POST", body: JSON.stringify(result) });
      });
  }, []);
  return <pre>{answer}</pre>;
}
