// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Echo serve PORT, or call PORT CONNECTIONS TIMES: a thread for each connection. */
public class Echo {
	static void echo(Socket s) {
		byte[] data = new byte[1000];
		try (s) {
			InputStream in = s.getInputStream();
			OutputStream out = s.getOutputStream();
			for (int n; (n = in.read(data)) > 0;) {
				out.write(data, 0, n);
			}
		} catch (java.io.IOException e) {
			System.err.println(e);
		}
	}

	static void call(int port, int times) {
		byte[] data = new byte[100];
		try (Socket s = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
			s.setTcpNoDelay(true);
			for (int i = 0; i < times; i++) {
				s.getOutputStream().write(data);
				s.getInputStream().readNBytes(data, 0, data.length);
			}
		} catch (java.io.IOException e) {
			System.err.println(e);
			System.exit(1);
		}
	}

	public static void main(String[] args) throws Exception {
		int port = Integer.parseInt(args[1]);

		if (args[0].equals("serve")) {
			ServerSocket listener = new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
			while (true) {
				Socket s = listener.accept();
				new Thread(() -> echo(s)).start();
			}
		}
		Thread[] threads = new Thread[Integer.parseInt(args[2])];
		for (int i = 0; i < threads.length; i++) {
			threads[i] = new Thread(() -> call(port, Integer.parseInt(args[3])));
			threads[i].start();
		}
		for (Thread t : threads) {
			t.join();
		}
	}
}
