# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A page in headless Chromium, and what a test asks of it."""
import json
import pathlib
import shutil
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
).split()


class Browser:
    """One Chromium, with a profile of its own that goes with it."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="sockwake-html-")
        options = webdriver.ChromeOptions()
        for flag in FLAGS + [f"--user-data-dir={self.profile}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.set_page_load_timeout(120)
        self.driver.set_script_timeout(120)
        self.size(1280, 900)

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def size(self, width, height):
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )

    def media(self, **features):
        """prefers_color_scheme="dark" and the like."""
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": k.replace("_", "-"), "value": v} for k, v in features.items()]},
        )

    def open(self, path):
        """Returns how many seconds it took until the page was ready."""
        begin = time.monotonic()
        self.driver.get(pathlib.Path(path).resolve().as_uri())
        self.wait("document.body.dataset.ready === 'yes' && Timeline.stats.frames > 0")
        return time.monotonic() - begin

    def js(self, expression):
        return self.driver.execute_script(f"return {expression}")

    def wait(self, condition, seconds=20):
        end = time.monotonic() + seconds
        while not self.js(condition):
            if time.monotonic() > end:
                raise AssertionError(f"never came true: {condition}")
            time.sleep(0.02)

    def frame(self):
        """Lets what is due be drawn."""
        self.driver.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done));"
        )

    def find(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def text(self, css):
        return self.find(css).text

    def keys(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()
        self.frame()

    def pointer(self):
        return ActionChains(self.driver, duration=0)

    def span(self):
        return self.js("State.state.view.to - State.state.view.from")

    def rows(self):
        """The labels of the timeline's rows that are in sight."""
        return [e.text.split()[0] for e in self.all("#labels .label") if e.is_displayed()]

    def wrong(self):
        """What the console has that is more than a remark, but for one on this test's own reading."""
        return [
            e["message"]
            for e in self.driver.get_log("browser")
            if e["level"] != "INFO" and "getImageData" not in e["message"]
        ]

    def requests(self):
        """The addresses that were asked for, since the last time."""
        messages = (json.loads(e["message"])["message"] for e in self.driver.get_log("performance"))
        return [
            m["params"]["request"]["url"]
            for m in messages
            if m["method"] == "Network.requestWillBeSent"
        ]

    def pixels(self, selector):
        """How many colours a canvas has, and a sum that changes when the picture does."""
        return self.driver.execute_script(
            """const c = document.querySelector(arguments[0]);
            const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            const seen = new Set(); let sum = 0;
            for (let i = 0; i < d.length; i += 4) {
                const v = (d[i] << 16 | d[i + 1] << 8 | d[i + 2]);
                if (d[i + 3]) seen.add(v);
                sum = (sum * 31 + v + d[i + 3]) % 4294967291;
            }
            return [seen.size, sum];""",
            selector,
        )

    def shot(self, path):
        self.frame()
        self.driver.save_screenshot(str(path))
